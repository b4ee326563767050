import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { keepDropped } from "./dropped-picture.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-dropped-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

test("a dropped picture keeps its name; another one of that name is another file, and the same one the same", () => {
  const [cat, dog] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5)];
  const first = keepDropped(folder, "my cat.png", cat);
  assert.equal(path.basename(first), "my cat.png");
  const second = keepDropped(folder, "my cat.png", dog);
  assert.match(path.basename(second), /^my cat-[0-9a-f]{12}\.png$/);
  assert.equal(keepDropped(folder, "my cat.png", cat), first);
  assert.equal(keepDropped(folder, "my cat.png", dog), second);
  assert.deepEqual([...fs.readFileSync(first)], [...cat]);
  assert.equal(path.dirname(keepDropped(folder, "../../escape.png", cat)), folder);
});
