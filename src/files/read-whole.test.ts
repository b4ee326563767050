import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { openRegular } from "./open-regular.ts";
import { readIfThere, readText, readWhole } from "./read-whole.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-read-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);
const isPosix = process.platform !== "win32";

test("a file is read whole, up to its limit, with or without a size of its own", () => {
  fs.writeFileSync(at("a.txt"), "abc");
  assert.equal(readText(at("a.txt"), 3), "abc");
  assert.throws(() => readText(at("a.txt"), 2), /a\.txt is larger than/);
  assert.equal(readIfThere(at("none"), 3), undefined);
  fs.writeFileSync(at("empty"), "");
  assert.equal(readWhole(at("empty"), 3).length, 0);
});

test(
  "a file of the system that says it is empty is read to its end, and no further than its limit",
  { skip: process.platform !== "linux" },
  () => {
    assert.match(readText("/proc/self/status", 1 << 16), /^Name:/);
    assert.throws(() => readText("/proc/self/status", 8), /is larger than/);
  },
);

test("links to what has no end, pipes, sockets and folders are refused at once", { skip: !isPosix }, () => {
  fs.symlinkSync("/dev/zero", at("zero"));
  assert.throws(() => readWhole(at("zero"), 10), /zero is a device, not a file/);
  execFileSync("mkfifo", [at("pipe")]);
  assert.throws(() => readWhole(at("pipe"), 10), /pipe is a pipe, not a file/);
  assert.throws(() => readIfThere(at("pipe"), 10), /pipe is a pipe, not a file/);
  assert.throws(() => readWhole(folder, 10), /is a folder, not a file/);
});

test("what Git LFS left in place of a file is called so", () => {
  fs.writeFileSync(
    at("labels.txt"),
    `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12\n`,
  );
  assert.throws(() => readText(at("labels.txt"), 1000), /labels\.txt is a Git LFS pointer.*git lfs pull/);
});

test("an open file that is written, cut off, replaced or removed is not read on", async () => {
  const moves: Readonly<Record<string, (file: string) => void>> = {
    written: (file) => fs.writeFileSync(file, "efgh"),
    "cut off": (file) => fs.truncateSync(file, 1),
    replaced: (file) => (fs.writeFileSync(at("other"), "abcd"), fs.renameSync(at("other"), file)),
    removed: (file) => fs.rmSync(file),
  };
  for (const [name, move] of Object.entries(moves)) {
    const file = at(`${name}.bin`);
    fs.writeFileSync(file, "abcd");
    // Beyond a tick of the file system's clock.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const open = openRegular(file);
    assert.equal(open.read(0, 4).length, 4);
    move(file);
    assert.throws(() => open.read(0, 4), /changed while it was read/, name);
    open.close();
    assert.throws(() => open.read(0, 4), /changed while it was read/, "closed");
  }
});
