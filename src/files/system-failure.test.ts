import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { GlassboxError } from "../tensor/errors.ts";
import { systemFailure } from "./system-failure.ts";
import { writeWhole } from "./write-whole.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-write-"));
after(() => fs.rmSync(root, { recursive: true, force: true }));

const systemError = (code: string): Error => Object.assign(new Error(code), { code, syscall: "write" });

test("what the system refuses is a sentence with what helps, also where it names no file", () => {
  for (const [code, kind, hint] of [
    ["ENOSPC", "resource", /disk is full/],
    ["EDQUOT", "resource", /quota/],
    ["EROFS", "file", /read-only/],
    ["EACCES", "file", /permission/],
    ["EWHATEVER", "file", /The system says: EWHATEVER/],
  ] as const) {
    const failure = systemFailure(systemError(code), "written");
    assert.ok(failure instanceof GlassboxError);
    assert.equal(failure.kind, kind);
    assert.match(failure.message, hint);
  }
  const defect = new TypeError("x is undefined");
  assert.equal(systemFailure(defect), defect);
});

test(
  "a file that cannot be written stays as it was, and nothing is left beside it",
  { skip: process.platform === "win32" },
  () => {
    const file = path.join(root, "a.txt");
    writeWhole(file, "one");
    writeWhole(file, "two");
    assert.equal(fs.readFileSync(file, "utf8"), "two");
    assert.throws(() => writeWhole(path.join(root, "none", "a.txt"), "1"), /a\.txt cannot be written.*no such file/);
    fs.mkdirSync(path.join(root, "folder"));
    assert.throws(() => writeWhole(path.join(root, "folder"), "1"), /folder cannot be written/);
    assert.deepEqual(fs.readdirSync(root).sort(), ["a.txt", "folder"]);
  },
);
