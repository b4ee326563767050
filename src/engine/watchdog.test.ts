import assert from "node:assert/strict";
import { test } from "node:test";
import { Watchdog } from "./watchdog.ts";

const patience = { cancelled: 3000, computing: 10_000, ignored: 20_000, shared: 30_000, silent: 60_000 };
const signs = { now: 0, beats: 0, computing: false, requests: [undefined] };

test("a thread that takes turns lives, however long its requests take; if all are cancelled, it has less time", () => {
  const watchdog = new Watchdog(patience);
  for (let now = 0; now < 1_000_000; now += 500) {
    assert.equal(watchdog.look({ ...signs, now, beats: now, requests: [1000, undefined] }), "alive");
    const verdict = watchdog.look({ ...signs, now, beats: now, requests: [1000, 2000] });
    assert.equal(verdict, now < 22_000 ? "alive" : "ignores cancelling");
  }
});

test("a silent thread whose requests were all cancelled is ended, counted from the later of the two", () => {
  const watchdog = new Watchdog(patience);
  assert.equal(watchdog.look({ ...signs, now: 0 }), "alive");
  assert.equal(watchdog.look({ ...signs, now: 10_000, requests: [9000] }), "alive");
  assert.equal(watchdog.look({ ...signs, now: 11_000, beats: 1, requests: [9000, 10_500] }), "alive");
  assert.equal(watchdog.look({ ...signs, now: 13_999, beats: 1, requests: [9000] }), "alive");
  assert.equal(watchdog.look({ ...signs, now: 14_000, beats: 1, requests: [9000] }), "ignores cancelling");
});

test("a run in native code has longer, and ends as well", () => {
  const watchdog = new Watchdog(patience);
  watchdog.look({ ...signs, computing: true });
  assert.equal(watchdog.look({ ...signs, now: 9999, computing: true, requests: [0] }), "alive");
  assert.equal(watchdog.look({ ...signs, now: 10_000, computing: true, requests: [0] }), "ignores cancelling");
});

test("a request that is still wanted keeps its run, and keeps a silent thread for longer", () => {
  const watchdog = new Watchdog(patience);
  watchdog.look(signs);
  const requests = [0, undefined];
  assert.equal(watchdog.look({ ...signs, now: 1_000_000, computing: true, requests }), "alive");
  assert.equal(watchdog.look({ ...signs, now: 1_000_001, beats: 1, requests }), "alive");
  assert.equal(watchdog.look({ ...signs, now: 1_030_000, beats: 1, requests }), "alive");
  assert.equal(watchdog.look({ ...signs, now: 1_030_001, beats: 1, requests }), "ignores cancelling");
});

test("without cancelling, only long silence outside of a runtime ends the thread", () => {
  const watchdog = new Watchdog(patience);
  watchdog.look(signs);
  assert.equal(watchdog.look({ ...signs, now: 59_999 }), "alive");
  assert.equal(watchdog.look({ ...signs, now: 10_000_000, computing: true }), "alive");
  assert.equal(watchdog.look({ ...signs, now: 10_000_000 }), "silent");
});

test("the silence of a thread that nothing was asked of does not count", () => {
  const watchdog = new Watchdog(patience);
  watchdog.look(signs);
  watchdog.restart(10_000_000);
  assert.equal(watchdog.look({ ...signs, now: 10_001_000, requests: [10_000_500] }), "alive");
  assert.equal(watchdog.look({ ...signs, now: 10_001_000 }), "alive");
});
