import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOf } from "./components.ts";
import { attributionSentence } from "./sentences.ts";

const data = {
  kind: "direct-attribution",
  token: 3,
  layers: 2,
  heads: 1,
  words: Int32Array.of(7),
  bias: Float64Array.of(0),
  logits: Float64Array.of(10),
  components: [
    "hook_embed",
    "blocks.0.attn.head.0",
    "blocks.0.attn.bias",
    "blocks.0.hook_mlp_out",
    "edit of blocks.1.hook_resid_pre",
    "blocks.1.hook_attn_out",
  ],
  values: Float64Array.of(1, 2, 0.5, 1.5, 3, 2),
} as const;

test("parts are known by their site: edits are parts of their own, an edited attention output is one part", () => {
  const parts = partsOf(data, false);
  assert.deepEqual(
    parts.map(({ name, kind }) => [name, kind]),
    [
      ["embedding", "embedding"],
      ["head 0.0", "head"],
      ["attention bias 0", "attention bias"],
      ["MLP 0", "mlp"],
      ["edit of blocks.1.hook_resid_pre", "edit"],
      ["attention 1, edited", "attention"],
    ],
  );
  assert.equal(
    attributionSentence(parts, "logit"),
    "Of the logit, attention writes +4.5, the MLPs +1.5, the edits +3 and the embeddings +1; the largest single effects are edit of blocks.1.hook_resid_pre (+3) and head 0.0 (+2).",
  );
});
