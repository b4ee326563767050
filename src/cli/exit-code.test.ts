import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { EngineFailure } from "../client/engine-client.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { explainFailure } from "./exit-code.ts";

test("what a person can mend is a sentence of what, where and hint, and exits 2", () => {
  for (const kind of ["file", "unsupported", "input", "option", "resource"] as const) {
    assert.deepEqual(
      explainFailure(new GlassboxError(kind, "the file is cut off", { where: "a.onnx", hint: "Fetch it again." })),
      { sentence: "the file is cut off (a.onnx). Fetch it again.", exitCode: 2 },
    );
  }
});

test("a sentence that ends already is not ended twice", () => {
  assert.equal(explainFailure(new GlassboxError("input", "This is a text file.")).sentence, "This is a text file.");
});

test("a crash and a defect exit 3, a cancelled run 130", () => {
  const failure = (kind: "crash" | "defect" | "cancelled") =>
    new EngineFailure({ kind, what: "it stopped", where: undefined, hint: undefined });
  assert.deepEqual(
    ["crash", "defect", "cancelled"].map((kind) => explainFailure(failure(kind as "crash")).exitCode),
    [3, 3, 130],
  );
  assert.equal(explainFailure(new TypeError("x is undefined")).exitCode, 3);
});

test("a folder that cannot be written is the person's to mend", () => {
  const { sentence, exitCode } = (() => {
    try {
      return (fs.writeFileSync("/no-such-folder/report.html", ""), { sentence: "", exitCode: 0 });
    } catch (error) {
      return explainFailure(error);
    }
  })();
  assert.equal(exitCode, 2);
  assert.match(sentence, /report\.html cannot be written \(\/no-such-folder\/report\.html\)/);
});
