import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { GlassboxError } from "../tensor/errors.ts";
import { decoderGraph } from "./decoder.ts";
import { openDecoder } from "./open.ts";
import { wholePrompts } from "./sequence.ts";

const tiny = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/tiny/llama-tied-float32");
const root = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-open-"));
test.after(() => fs.rmSync(root, { recursive: true }));

let copies = 0;
/** The tiny Llama with some of its config changed; `null` takes a key away. */
function withConfig(changes: Readonly<Record<string, unknown>> | string | undefined): string {
  const folder = path.join(root, String(copies++));
  fs.mkdirSync(folder);
  fs.copyFileSync(path.join(tiny, "model.safetensors"), path.join(folder, "model.safetensors"));
  const config = JSON.parse(fs.readFileSync(path.join(tiny, "config.json"), "utf8")) as object;
  if (changes !== undefined)
    fs.writeFileSync(
      path.join(folder, "config.json"),
      typeof changes === "string" ? changes : JSON.stringify({ ...config, ...changes }),
    );
  return folder;
}

const build = (folder: string): void => {
  const { decoder, close } = openDecoder(folder, folder);
  try {
    decoderGraph(decoder, wholePrompts(1, 4));
  } finally {
    close();
  }
};

test("a config that lies, or is none, is refused with a sentence before anything is made of it", () => {
  const cases: readonly (readonly [Readonly<Record<string, unknown>> | string | undefined, RegExp])[] = [
    [undefined, /no config.json beside the weights/],
    ["{", /not a JSON object/],
    ["[1]", /not a JSON object/],
    [{ model_type: "mamba" }, /family "mamba" cannot be run yet/],
    [{ model_type: 3 }, /"model_type" of the config should be a text/],
    [{ num_hidden_layers: 1e9 }, /1000000000 for the model's layers/],
    [{ num_hidden_layers: 1.5 }, /1.5 for the model's layers/],
    [{ num_hidden_layers: -1 }, /"num_hidden_layers" of the config should be a number/],
    [{ num_hidden_layers: null }, /"num_hidden_layers" of the config should be a number/],
    [{ num_hidden_layers: 3 }, /no tensor "model.layers.2.input_layernorm.weight"/],
    [{ hidden_size: 1e12 }, /hidden_size|width/],
    [{ hidden_size: 36 }, /has the shape \[61, 24\], but the config says \[61, 36\]/],
    [{ num_attention_heads: 0 }, /head_dim|model's/],
    [{ head_dim: 3 }, /has the shape \[24, 24\], but the config says \[18, 24\]/],
    [{ num_attention_heads: 5 }, /model's|heads/],
    [{ num_key_value_heads: 4 }, /6 heads cannot share 4/],
    [{ vocab_size: 62 }, /has the shape \[61, 24\]/],
    [{ hidden_act: "relu" }, /activation relu is unknown/],
    [{ rope_scaling: { rope_type: "yarn", factor: 4 } }, /scaling "yarn" cannot be run yet/],
    [{ rope_scaling: [1] }, /"rope_scaling" of the config should be an object/],
    [{ tie_word_embeddings: "yes" }, /should be true or false/],
  ];
  for (const [changes, message] of cases) {
    assert.throws(
      () => build(withConfig(changes)),
      (error: unknown) => error instanceof GlassboxError && message.test(error.message),
      JSON.stringify(changes),
    );
  }
});

test("what is no checkpoint is called by its name", () => {
  const file = path.join(root, "model.gguf");
  fs.writeFileSync(file, "hello");
  assert.throws(() => openDecoder(file, "x"), /GGUF or safetensors/);
  assert.throws(() => openDecoder(path.join(root, "none.gguf"), "x"), GlassboxError);
});
