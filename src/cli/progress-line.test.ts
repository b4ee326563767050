import assert from "node:assert/strict";
import { test } from "node:test";
import { ProgressLine } from "./progress-line.ts";

const at = (done: number) => ({ done, total: 10, note: `${done} of 10` });

test("in a pipe it says a plain line, at most one a second", () => {
  const written: string[] = [];
  let now = 0;
  const line = new ProgressLine({ write: (text) => written.push(text) }, () => now);
  for (const [time, done] of [
    [0, 1],
    [400, 2],
    [999, 3],
    [1000, 4],
    [1500, 5],
    [2100, 6],
  ] as const) {
    now = time;
    line.update("SmoothGrad", at(done));
  }
  line.clear();
  assert.deepEqual(written, ["SmoothGrad: 1 of 10\n", "SmoothGrad: 4 of 10\n", "SmoothGrad: 6 of 10\n"]);
});

test("on a terminal it redraws one line within its width, and takes it away at the end", () => {
  const written: string[] = [];
  const line = new ProgressLine({ isTTY: true, columns: 40, write: (text) => written.push(text) });
  line.update("SmoothGrad", at(5));
  line.clear();
  line.clear();
  assert.equal(written.length, 2);
  assert.ok(written[0]!.startsWith("\r\u001b[KSmoothGrad ━━━━━━━━━━━━────────────"));
  assert.ok(written[0]!.length - "\r\u001b[K".length <= 39);
  assert.equal(written[1], "\r\u001b[K");
});
