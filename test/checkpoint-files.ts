import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { openDecoder } from "../src/architectures/open.ts";
import { GlassboxError } from "../src/tensor/errors.ts";
import { Random } from "../src/tensor/random.ts";
import { sizeOf, type Shape } from "../src/tensor/shape.ts";
import { ggufFile, type GgufTyped } from "./files/gguf-file.ts";
import { safetensorsOf, type SafetensorsTensorSpec } from "./files/safetensors-file.ts";

/** Small random checkpoints, and what can be wrong with them. */

export const root = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-wrong-"));
test.after(() => fs.rmSync(root, { recursive: true }));

export type Tensors = Record<string, SafetensorsTensorSpec>;
export type Config = Record<string, unknown>;

const random = new Random(5);
export const floats = (...shape: readonly number[]): SafetensorsTensorSpec => ({
  dtype: "F32",
  shape,
  data: new Uint8Array(Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-1, 1)).buffer),
});
export const bytes = (dtype: string, width: number, ...shape: readonly number[]): SafetensorsTensorSpec => ({
  dtype,
  shape,
  data: Uint8Array.from({ length: sizeOf(shape) * width }, (_, i) => (i * 7) % 5),
});

export const [vocabulary, width, hidden] = [13, 8, 12];
const llamaShapes = (layer: number): Readonly<Record<string, Shape>> =>
  Object.fromEntries(
    Object.entries({
      "input_layernorm.weight": [width],
      "self_attn.q_proj.weight": [width, width],
      "self_attn.k_proj.weight": [width / 2, width],
      "self_attn.v_proj.weight": [width / 2, width],
      "self_attn.o_proj.weight": [width, width],
      "post_attention_layernorm.weight": [width],
      "mlp.gate_proj.weight": [hidden, width],
      "mlp.up_proj.weight": [hidden, width],
      "mlp.down_proj.weight": [width, hidden],
    }).map(([name, shape]) => [`model.layers.${layer}.${name}`, shape]),
  );
const gpt2Shapes = (layer: number): Readonly<Record<string, Shape>> =>
  Object.fromEntries(
    Object.entries({
      "ln_1.weight": [width],
      "ln_1.bias": [width],
      "attn.c_attn.weight": [width, 3 * width],
      "attn.c_attn.bias": [3 * width],
      "attn.c_proj.weight": [width, width],
      "attn.c_proj.bias": [width],
      "ln_2.weight": [width],
      "ln_2.bias": [width],
      "mlp.c_fc.weight": [width, 4 * width],
      "mlp.c_fc.bias": [4 * width],
      "mlp.c_proj.weight": [4 * width, width],
      "mlp.c_proj.bias": [width],
    }).map(([name, shape]) => [`transformer.h.${layer}.${name}`, shape]),
  );
const tensorsOf = (shapes: Readonly<Record<string, Shape>>): Tensors =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, floats(...shape)]));

/** A Llama with a head of its own, and a GPT-2 whose embedding is its head. */
export const families = {
  llama: {
    tensors: {
      ...tensorsOf({ "model.embed_tokens.weight": [vocabulary, width], ...llamaShapes(0), ...llamaShapes(1) }),
      ...tensorsOf({ "model.norm.weight": [width], "lm_head.weight": [vocabulary, width] }),
    } as Tensors,
    config: {
      model_type: "llama",
      hidden_size: width,
      intermediate_size: hidden,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      num_hidden_layers: 2,
      vocab_size: vocabulary,
      max_position_embeddings: 32,
    } as Config,
    embedding: "model.embed_tokens.weight",
  },
  gpt2: {
    tensors: tensorsOf({
      "transformer.wte.weight": [vocabulary, width],
      "transformer.wpe.weight": [32, width],
      ...gpt2Shapes(0),
      ...gpt2Shapes(1),
      "transformer.ln_f.weight": [width],
      "transformer.ln_f.bias": [width],
    }),
    config: {
      model_type: "gpt2",
      n_embd: width,
      n_head: 2,
      n_layer: 2,
      n_positions: 32,
      vocab_size: vocabulary,
    } as Config,
    embedding: "transformer.wte.weight",
  },
};
export type Family = keyof typeof families;

let made = 0;
export interface Change {
  readonly tensors?: (tensors: Tensors) => Tensors;
  readonly config?: Config;
  /** Other files of the folder; `null` leaves one out. */
  readonly files?: Readonly<Record<string, string | Uint8Array | null>>;
  /** What is opened, in place of the folder. */
  readonly open?: string;
}

export function written(family: Family, { tensors = (all) => all, config, files = {} }: Change): string {
  const folder = path.join(root, String(made++));
  fs.mkdirSync(folder);
  const { tensors: whole, config: usual } = families[family];
  const all = {
    "model.safetensors": safetensorsOf(tensors({ ...whole })),
    "config.json": JSON.stringify({ ...usual, ...config }),
    ...files,
  };
  for (const [name, content] of Object.entries(all))
    if (content !== null) fs.writeFileSync(path.join(folder, name), content);
  return folder;
}

export const notesOf = (file: string): string => {
  const opened = openDecoder(file, `${file}`);
  opened.close();
  return opened.notes.join(" ");
};

export const without = (tensors: Tensors, ...names: readonly string[]): Tensors =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => !names.includes(name)));
export const renamed = (tensors: Tensors, change: (name: string) => string): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [change(name), tensor]));
/** Takes a float matrix away, and puts others next to where it was. */
export const instead =
  (name: string, others: Readonly<Record<string, SafetensorsTensorSpec>>) =>
  (tensors: Tensors): Tensors => ({
    ...without(tensors, `${name}.weight`),
    ...renamed(others, (end) => `${name}${end}`),
  });

export type Outcome = { readonly refused: RegExp } | { readonly noted: RegExp } | { readonly silent: true };
/** A Llama as llama.cpp stores it, in float32. */
export function gguf({
  metadata = {},
  tensors = {},
  leave = [],
}: {
  readonly metadata?: Readonly<Record<string, GgufTyped>>;
  readonly tensors?: Readonly<Record<string, readonly number[]>>;
  readonly leave?: readonly string[];
} = {}): string {
  const usual: Readonly<Record<string, GgufTyped>> = {
    "general.architecture": [8, "llama"],
    "llama.block_count": [4, 1],
    "llama.context_length": [4, 32],
    "llama.embedding_length": [4, width],
    "llama.feed_forward_length": [4, hidden],
    "llama.attention.head_count": [4, 4],
    "llama.attention.head_count_kv": [4, 2],
    "llama.attention.layer_norm_rms_epsilon": [6, 1e-5],
  };
  const shapes: Readonly<Record<string, readonly number[]>> = {
    "token_embd.weight": [width, vocabulary],
    "output_norm.weight": [width],
    "blk.0.attn_norm.weight": [width],
    "blk.0.attn_q.weight": [width, width],
    "blk.0.attn_k.weight": [width, width / 2],
    "blk.0.attn_v.weight": [width, width / 2],
    "blk.0.attn_output.weight": [width, width],
    "blk.0.ffn_norm.weight": [width],
    "blk.0.ffn_gate.weight": [width, hidden],
    "blk.0.ffn_up.weight": [width, hidden],
    "blk.0.ffn_down.weight": [hidden, width],
    ...tensors,
  };
  const file = path.join(root, `${made++}.gguf`);
  fs.writeFileSync(
    file,
    ggufFile({
      metadata: Object.entries({ ...usual, ...metadata }),
      tensors: Object.entries(shapes)
        .filter(([name]) => !leave.includes(name))
        .map(([name, extents]) => ({ name, type: 0, extents, data: floats(...extents).data })),
    }),
  );
  return file;
}

export type Case = readonly [name: string, family: Family, change: Change, outcome: Outcome];

/** A test for each case: refused by its name with what to do, noted, or opened without a word. */
export function checkCases(cases: readonly Case[]): void {
  for (const [name, family, change, outcome] of cases) {
    test(`${family}, ${name}: ${"refused" in outcome ? "refused by its name" : "noted" in outcome ? "noted" : "opens"}`, () => {
      const folder = written(family, change);
      const file = change.open ? path.join(folder, change.open) : folder;
      if ("refused" in outcome)
        assert.throws(
          () => notesOf(file),
          (error) => {
            assert.ok(error instanceof GlassboxError, `${error}`);
            assert.match(error.message, outcome.refused);
            assert.ok(error.hint || /no tensor|has the shape/.test(error.what), "it says what to do");
            return true;
          },
        );
      else if ("noted" in outcome) assert.match(notesOf(file), outcome.noted);
      else assert.equal(notesOf(file), "");
    });
  }
}
