import assert from "node:assert/strict";
import { test } from "node:test";
import { GlassboxError } from "./errors.ts";
import { byteSize, requireMemory } from "./memory-budget.ts";

test("what fits passes, what does not is refused with both numbers and what to do", () => {
  requireMemory(2 ** 28, 2 ** 28, "this");
  assert.throws(
    () => requireMemory(2 ** 32, 2 ** 28, "decoding this PNG", { where: "a.png" }),
    (error) =>
      error instanceof GlassboxError &&
      error.kind === "resource" &&
      error.what === "decoding this PNG needs 4.00 GB, over the limit of 256 MB" &&
      error.where === "a.png" &&
      /--memory/.test(error.hint ?? ""),
  );
});

test("sizes have the unit that suits them", () => {
  assert.deepEqual([1_000_000, 2 ** 20 * 950, 2 ** 30 * 1.5, 2 ** 30 * 46_000].map(byteSize), [
    "0.954 MB",
    "950 MB",
    "1.50 GB",
    "46,000 GB",
  ]);
});
