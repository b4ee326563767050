import assert from "node:assert/strict";
import { test } from "node:test";
import { tinyPath } from "../../../test/oracles/tiny-oracle.ts";
import { openDecoder } from "../../architectures/open.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { LanguageModel } from "./language-model.ts";
import { logNormalizer } from "./logits.ts";

const name = "llama-tied-float32";
const pattern = "blocks.0.attn.hook_pattern";

test("a prompt whose run does not fit into the memory budget is refused before it is compiled, a shorter one is not", async () => {
  const { decoder } = openDecoder(tinyPath(name), name);
  const prompt = (count: number): number[] => Array.from({ length: count }, (_, i) => i % decoder.vocabulary);
  const heads = decoder.heads;
  const model = new LanguageModel(decoder, referenceRuntime, heads * 32 ** 2 * 4);
  await assert.rejects(
    model.trace(prompt(64), [pattern]),
    (error) =>
      error instanceof GlassboxError &&
      error.kind === "resource" &&
      /on so many tokens needs .* over the limit of/.test(error.what) &&
      /Shorten the prompt/.test(error.hint ?? ""),
  );
  const roomy = new LanguageModel(decoder, referenceRuntime, 2 ** 28);
  assert.equal((await roomy.trace(prompt(8), [pattern])).get(pattern).shape.length, 3);
});

test("logits that are not finite are refused; a mask's minus infinity is a probability of 0", () => {
  for (const logits of [[1, NaN], [1, Infinity], [-Infinity, -Infinity], []])
    assert.throws(() => logNormalizer(logits), /not finite/);
  assert.ok(Math.abs(logNormalizer([0, -Infinity, 0]) - Math.log(2)) < 1e-12);
});
