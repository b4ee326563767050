import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { ActivationCache, type ActivationFile } from "./activation-cache.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-activations-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const rows = 10;
const bytes = rows * (4 * 8 + 4);
let cacheNumber = 0;
const cacheOf = (files: number): { cache: ActivationCache; make: (key: string, used: number) => ActivationFile } => {
  const own = path.join(folder, String(cacheNumber++));
  const cache = new ActivationCache(own, files * bytes);
  return {
    cache,
    make: (key, used) => {
      const file = cache.open(key, 8);
      fs.mkdirSync(own, { recursive: true });
      file.write(0, new Float32Array(rows * 8).fill(used));
      fs.utimesSync(path.join(own, `${key}.rows`), used, used);
      return file;
    },
  };
};

test("there is room for a question once those used longest ago are gone; its own files stay, however old", () => {
  const { cache, make } = cacheOf(3);
  const [own, older, newer] = [make("own", 1), make("older", 2), make("newer", 3)];
  cache.makeRoom([own, cache.open("next", 8)], rows);
  assert.deepEqual([own.rows, older.rows, newer.rows], [rows, 0, rows]);
});

test("reading is using: what was read last goes last", () => {
  const { cache, make } = cacheOf(2);
  const [first, second] = [make("first", 1), make("second", 2)];
  assert.equal(first.read(rows)[0], 1);
  cache.makeRoom([cache.open("next", 8)], rows);
  assert.deepEqual([first.rows, second.rows], [rows, 0]);
});

test("a question that the whole cache cannot hold, and a file that was taken away, are refused in words", () => {
  const { cache, make } = cacheOf(2);
  assert.throws(() => cache.makeRoom([cache.open("wide", 24)], rows), /and the cache holds/);
  const file = make("gone", 1);
  fs.rmSync(path.join(folder, String(cacheNumber - 1), "gone.rows"));
  assert.throws(() => file.read(rows), /shorter than it was/);
});

test("a row that a killed process left half written is written again", () => {
  const { cache, make } = cacheOf(2);
  const file = make("torn", 5);
  fs.truncateSync(path.join(folder, String(cacheNumber - 1), "torn.rows"), bytes - 7);
  assert.equal(file.rows, rows - 1);
  cache.open("torn", 8).write(file.rows, new Float32Array(8).fill(6));
  assert.deepEqual([...file.read(rows)].slice(-16), [...new Array<number>(8).fill(5), ...new Array<number>(8).fill(6)]);
});

test("a number that rotted on the disk is never read: the rows from there on count as not written", () => {
  const { make } = cacheOf(2);
  const file = make("rotten", 5);
  const name = path.join(folder, String(cacheNumber - 1), "rotten.rows");
  const contents = fs.readFileSync(name);
  contents[4 * (4 * 8 + 4) + 3]! ^= 1;
  fs.writeFileSync(name, contents);
  assert.throws(() => file.read(rows), /shorter than it was, or damaged .*Run it again/);
  assert.equal(file.rows, 4);
  assert.deepEqual([...file.read(4)], new Array<number>(32).fill(5));
});
