import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { KeptFolder } from "./kept-folder.ts";
import { privateFolder } from "./private-folder.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-kept-"));
after(() => fs.rmSync(root, { recursive: true, force: true }));
let number = 0;
const fresh = (): string => path.join(root, String(number++));
const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

test("what was kept is read back, in any process, by this person only", () => {
  const folder = fresh();
  assert.equal(new KeptFolder(folder, { mostBytes: 1e6 }).write("a", bytes(100, 7)), true);
  assert.deepEqual(new KeptFolder(folder, { mostBytes: 1e6 }).read("a"), bytes(100, 7));
  assert.equal(new KeptFolder(folder, { mostBytes: 1e6 }).holds("a", 100), true);
  assert.equal(new KeptFolder(folder, { mostBytes: 1e6 }).holds("a", 99), false);
  if (process.platform === "win32") return;
  assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
});

test("a file of which any byte rotted, was cut off or is another program's counts as not there, and goes", () => {
  for (const harm of [
    (file: string) => fs.writeFileSync(file, bytes(120, 0)),
    (file: string) => fs.truncateSync(file, 60),
    (file: string) => fs.appendFileSync(file, "x"),
    (file: string) => {
      const contents = fs.readFileSync(file);
      contents[50]! ^= 1;
      fs.writeFileSync(file, contents);
    },
    (file: string) => fs.writeFileSync(file, '{"result": 5}'),
  ]) {
    const kept = new KeptFolder(fresh(), { mostBytes: 1e6 });
    for (const look of [() => kept.read("a"), () => kept.holds("a", 100) || undefined]) {
      kept.write("a", bytes(100, 7));
      assert.equal(fs.statSync(path.join(kept.folder, "a")).mode & 0o077, 0);
      harm(path.join(kept.folder, "a"));
      assert.equal(look(), undefined);
      assert.equal(fs.existsSync(path.join(kept.folder, "a")), false);
    }
  }
});

test("the least recently used go when there is no room, but none that was used lately", () => {
  const folder = fresh();
  const kept = new KeptFolder(folder, { mostBytes: 400 });
  for (const [i, name] of ["old", "used", "new"].entries()) {
    kept.write(name, bytes(100, i));
    fs.utimesSync(path.join(folder, name), i + 1, i + 1);
  }
  kept.read("old");
  kept.write("next", bytes(100, 9));
  assert.deepEqual(fs.readdirSync(folder).sort(), ["new", "next", "old"]);
  const careful = new KeptFolder(folder, { mostBytes: 150, keepForMs: 3_600_000 });
  careful.write("another", bytes(100, 9));
  assert.deepEqual(fs.readdirSync(folder).sort(), ["another", "next", "old"]);
});

test("a folder that was removed is made again; one that cannot be made keeps nothing and fails nothing", () => {
  const folder = fresh();
  const kept = new KeptFolder(folder, { mostBytes: 1e6 });
  fs.rmSync(folder, { recursive: true });
  assert.equal(kept.write("a", bytes(1, 1)), true);
  const file = fresh();
  fs.writeFileSync(file, "");
  const none = new KeptFolder(path.join(file, "inner"), { mostBytes: 1e6 });
  assert.equal(none.write("a", bytes(1, 1)), false);
  assert.equal(none.read("a"), undefined);
  none.remove("a");
});

test("without a cache folder that can be written, a temporary one of this person's is used, and says so", () => {
  const file = fresh();
  fs.writeFileSync(file, "");
  for (const wanted of [path.join(file, "glassbox"), file, ""]) {
    const { folder, note } = privateFolder(wanted);
    assert.match(note!, /The cache folder .*cannot be used .*GLASSBOX_CACHE/);
    assert.equal(path.dirname(folder), os.tmpdir());
    if (process.platform !== "win32") assert.equal(fs.statSync(folder).mode & 0o077, 0);
  }
  const usable = fresh();
  assert.deepEqual(privateFolder(usable), { folder: usable, note: undefined });
});
