import assert from "node:assert/strict";
import { test } from "node:test";
import { csv } from "./csv.ts";

test("no text is a formula to a spreadsheet, whatever it looks like at first", () => {
  for (const text of [
    "=1+1",
    "+cmd|' /C calc'!D2",
    "-2+3+cmd|' /C calc'!D2",
    "-1e5+A1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "-",
    "--1",
    "-1-1",
  ]) {
    const cell = csv([[text, "x"]]).replace(/^"/, "");
    assert.equal(cell[0], "'", JSON.stringify(text));
  }
});

test("numbers and plain texts stay as they are, in cells of either type", () => {
  assert.equal(
    csv([[-2.5, "-2.5", "-1e-7", "+3", ".5", " the", "tabby cat", true]]),
    "-2.5,-2.5,-1e-7,+3,.5, the,tabby cat,true\n",
  );
  assert.equal(csv([['a "b"', "c,d", "e\nf"]]), '"a ""b""","c,d","e\nf"\n');
});
