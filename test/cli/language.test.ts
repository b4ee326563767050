import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { decodeImage } from "../../src/data/image/decode.ts";
import { tinyOracle, tinyPath } from "../oracles/tiny-oracle.ts";
import { GlassboxProcess } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
before(() => glassbox.build());
after(() => glassbox.end());

const model = tinyPath("llama-tied-float32");

const { tokens, greedy, patching } = tinyOracle("llama-tied-float32");
const prompt = ["--ids", tokens.join(" ")];

interface Document {
  readonly data: { readonly ids: number[]; readonly cells: number[]; readonly weights: number[] };
  readonly provenance: { readonly analysis: string };
  readonly code: { readonly cli: string };
  readonly files: readonly string[];
  readonly certificate: readonly { readonly status: string }[];
  readonly cancelled: boolean;
}
const document = (out: string): Document => JSON.parse(out) as Document;

test("generate continues as transformers does", () => {
  const { code, out, err } = glassbox.run("generate", model, ...prompt, "--max-tokens", "8", "--json");
  assert.equal(code, 0, err);
  assert.deepEqual(document(out).data.ids, greedy);
});

test("patch writes PyTorch's grid as JSON, CSV and a picture, and its own command gives the same numbers", () => {
  const pair = [
    "--ids",
    patching.clean.join(" "),
    "--corrupted",
    patching.corrupted.join(" "),
    "--answer",
    `#${patching.answer}`,
    "--wrong",
    `#${patching.wrong}`,
  ];
  const { code, out, err } = glassbox.run("patch", model, ...pair, "--json", "--out", "patched");
  assert.equal(code, 0, err);
  const { data, code: made, certificate, files } = document(out);
  patching.grid.flat().forEach((value, i) => assert.ok(Math.abs(data.cells[i]! - value) < 1e-4));
  assert.deepEqual(
    certificate.map(({ status }) => status),
    ["pass", "pass", "pass"],
  );
  const written = (ending: string): string =>
    glassbox.path(files.find((file) => file.startsWith("patched") && file.endsWith(ending))!);
  const rows = fs.readFileSync(written(".csv"), "utf8").trim().split("\n").slice(1);
  assert.deepEqual(
    rows.flatMap((row) => row.split(",").slice(1).map(Number)),
    data.cells,
  );
  const picture = decodeImage(fs.readFileSync(written(".png")), "grid.png").image;
  assert.deepEqual([picture.width, picture.height], [7 * 16, 2 * 16]);

  glassbox.forget();
  const again = glassbox.runLine(`${made.cli} --json`);
  assert.equal(again.code, 0, again.err);
  assert.deepEqual(document(again.out).data.cells, data.cells);
});

test("attention and lens speak in words, and their commands run", () => {
  const attention = glassbox.run("attention", model, ...prompt, "--head", "1.2");
  assert.equal(attention.code, 0, attention.err);
  assert.match(attention.out, /Largest weights:/);
  assert.match(attention.out, /✓ attention sums to 1/);
  const lens = glassbox.run("lens", model, ...prompt, "--track-token", "#3", "--measure", "rank");
  assert.equal(lens.code, 0, lens.err);
  assert.match(lens.out, /^end /m);
  const direct = glassbox.run("lens", model, ...prompt, "--direct");
  assert.equal(direct.code, 0, direct.err);
  assert.match(direct.out, /blocks\.1\.attn\.head\.5/);
  assert.match(direct.out, /✓ attribution = logit − bias/);
});

test("what does not fit is a sentence on standard error and exit code 2", () => {
  const text = glassbox.run("generate", model, "Hello");
  assert.deepEqual([text.code, text.out], [2, ""]);
  assert.match(text.err, /no tokenizer/);
  const pair = glassbox.run("patch", model, "--ids", "1 2 3", "--corrupted", "1 2", "--answer", "#1", "--wrong", "#2");
  assert.equal(pair.code, 2);
  assert.match(pair.err, /3 tokens and the corrupted one 2/);
  const stray = glassbox.run("lens", model, ...prompt, "--direct", "--positions", "3");
  assert.equal(stray.code, 2);
  assert.match(stray.err, /--positions belongs to logit-lens, which is not asked here/);
  const missing = glassbox.run("patch", model, "--ids", "1 2 3");
  assert.equal(missing.code, 2);
  assert.match(missing.err, /has no answer.*--answer ' Paris'/);
});

test("generate writes a picture and a table beside its JSON, as its siblings do; one head's JSON says how it came about", () => {
  const { code, err } = glassbox.run("generate", model, ...prompt, "--max-tokens", "3", "--out", "made");
  assert.equal(code, 0, err);
  assert.match(err, /✓ steps = whole run/);
  assert.deepEqual(
    fs.readFileSync(glassbox.path("made", "generate.csv"), "utf8").split("\n")[0],
    ",chosen,rank 1,rank 2,rank 3,rank 4,rank 5",
  );
  const made = JSON.parse(fs.readFileSync(glassbox.path("made", "generate.json"), "utf8")) as {
    readonly result: { readonly data: { readonly parts: readonly { readonly id: number }[] } };
  };
  assert.deepEqual(
    made.result.data.parts.map(({ id }) => id),
    greedy.slice(0, 3),
  );
  assert.equal(decodeImage(fs.readFileSync(glassbox.path("made", "generate.png")), "made.png").image.height, 3 * 16);
  assert.equal(glassbox.run("generate", model, ...prompt, "--expected", "--out", "made").code, 0);
  assert.equal(
    decodeImage(fs.readFileSync(glassbox.path("made", "next-tokens.png")), "next.png").image.height,
    tokens.length * 16,
  );
  const head = glassbox.run("attention", model, ...prompt, "--head", "1.2", "--json");
  const { provenance, data } = document(head.out);
  assert.deepEqual([provenance.analysis, data.weights.length], ["attention-head", tokens.length ** 2]);
});

test("Ctrl+C keeps the text that was made, says how much that is, and exits 130", async () => {
  const long = glassbox.path("long-context");
  fs.cpSync(model, long, { recursive: true });
  const config = JSON.parse(fs.readFileSync(path.join(long, "config.json"), "utf8")) as object;
  fs.writeFileSync(path.join(long, "config.json"), JSON.stringify({ ...config, max_position_embeddings: 100_000 }));
  const { code, out, err } = await glassbox.interrupt(
    /Generation: \d+ of 50000 tokens/,
    "generate",
    long,
    ...prompt,
    "--max-tokens",
    "50000",
    "--json",
  );
  assert.equal(code, 130, err);
  const made = document(out);
  assert.equal(made.cancelled, true);
  assert.ok(made.data.ids.length >= 1 && made.data.ids.length < 50_000);
  assert.deepEqual(made.data.ids.slice(0, 4), greedy.slice(0, Math.min(4, made.data.ids.length)));
  assert.match(err, new RegExp(`Stopped early, at ${made.data.ids.length} of 50000 tokens\\.`));
});
