import assert from "node:assert/strict";
import { test } from "node:test";
import { transformerLensCode } from "./transformer-lens-code.ts";

const cell = { clean: [1, 2, 3], corrupted: [1, 9, 3], component: "resid_pre", experiment: "denoise", layer: 4, column: 1, metric: { kind: "logit-difference", answer: 7, wrong: 8 } } as const;

test("a denoised cell runs the corrupted ids and writes the clean state at that layer and position", () => {
  const code = transformerLensCode("some/model", cell);
  assert.match(code, /boot_transformers\("some\/model"\)/);
  assert.match(code, /corrupted = torch\.tensor\(\[\[1, 9, 3\]\]\)/);
  assert.match(code, /value\[:, 1\] = clean_cache\[hook\.name\]\[:, 1\]/);
  assert.match(code, /run_with_hooks\(corrupted, fwd_hooks=\[\("blocks\.4\.hook_resid_pre", write\)\]\)/);
  assert.match(code, /logits\[7\] - logits\[8\]/);
});

test("a noised or ablated cell runs the clean ids; a head is written at every token", () => {
  const head = { ...cell, component: "head", column: 5 } as const;
  assert.match(transformerLensCode("m", { ...head, experiment: "noise" }), /value\[:, :, 5\] = corrupted_cache\[hook\.name\]\[:, :, 5\][^]*run_with_hooks\(clean, fwd_hooks=\[\("blocks\.4\.attn\.hook_z"/);
  assert.match(transformerLensCode("m", { ...head, experiment: "zero" }), /value\[:, :, 5\] = 0\n/);
  assert.match(transformerLensCode("m", { ...head, experiment: "mean", metric: { kind: "divergence" } }), /\.mean\(1, keepdim=True\)\[:, :, 5\][^]*p\.exp\(\)/);
});
