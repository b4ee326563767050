import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { GlassboxError } from "../tensor/errors.ts";
import { isLocalPath, namedPath } from "./local-path.ts";

test("paths to other machines and to devices are not looked at, in either spelling", () => {
  for (const name of [
    "\\\\host\\share\\x.onnx",
    "//host/share/x.onnx",
    "\\/host/x.onnx",
    "/\\host\\x.onnx",
    "\\\\.\\pipe\\x.onnx",
    "\\\\?\\UNC\\host\\x.onnx",
    "a\0b.onnx",
    "file://host/share/x.onnx",
    "FILE:\\\\host\\x.onnx",
    " //host/x.onnx",
  ])
    assert.equal(isLocalPath(name), false, name);
  for (const name of ["x.onnx", "./x.onnx", "/home/me/x.onnx", "C:\\nets\\x.onnx", "..\\x.onnx", "a//b.onnx"])
    assert.equal(isLocalPath(name), true, name);
});

test("a path that a file names is whole, and one that leaves this machine is refused with the file that names it", () => {
  assert.equal(namedPath("/data", "a/x.png", "t.csv"), path.resolve("/data/a/x.png"));
  assert.throws(
    () => namedPath("/data", "\\\\host\\share\\x.png", "t.csv"),
    (error) => error instanceof GlassboxError && error.where === "t.csv" && /another machine/.test(error.what),
  );
});
