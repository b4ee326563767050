import assert from "node:assert/strict";
import { test } from "node:test";
import { cellCode } from "./cell-code.ts";

test("only the line that names the cell changes", () => {
  const program = "clean = [[1, 2]]\nlayer, position = 0, 0  # the cell\nlayer, head = 0, 0\n";
  assert.equal(cellCode(program, 4, 11), "clean = [[1, 2]]\nlayer, position = 4, 11  # the cell\nlayer, head = 0, 0\n");
  assert.equal(cellCode("layer, head = 0, 0  # the cell", 2, 3), "layer, head = 2, 3  # the cell");
});
