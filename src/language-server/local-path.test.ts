import assert from "node:assert/strict";
import { test } from "node:test";
import { isLocalPath } from "./local-path.ts";

test("paths to other machines and to devices are not looked at, in either spelling", () => {
  for (const name of [
    "\\\\host\\share\\x.onnx",
    "//host/share/x.onnx",
    "\\/host/x.onnx",
    "/\\host\\x.onnx",
    "\\\\.\\pipe\\x.onnx",
    "\\\\?\\UNC\\host\\x.onnx",
    "a\0b.onnx",
  ])
    assert.equal(isLocalPath(name), false, name);
  for (const name of ["x.onnx", "./x.onnx", "/home/me/x.onnx", "C:\\nets\\x.onnx", "..\\x.onnx", "a//b.onnx"])
    assert.equal(isLocalPath(name), true, name);
});
