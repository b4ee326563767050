import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { GlassboxError } from "../../tensor/errors.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import { memorySource } from "../source.ts";
import { openHdf5 } from "./file.ts";

const bytes = fs.readFileSync(path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/hdf5/hostile.h5"));
const file = await openHdf5(memorySource("hostile.h5", bytes));
test.after(() => file.close());

test("numbers of each type are read as they were written", () => {
  const numbers = (name: string): readonly number[] => toNumbers(file.read(name));
  assert.deepEqual(numbers("plain"), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(file.read("half").dtype, "float16");
  assert.deepEqual(numbers("half"), [1, -2, 0.5]);
  assert.deepEqual(numbers("big-endian"), [1.5, -2]);
  assert.deepEqual(numbers("whole"), [1, -2]);
  assert.deepEqual(numbers("scalar"), [2.5]);
  assert.deepEqual(file.dataset("packed"), { shape: [100, 100], dtype: "float32" });
  assert.deepEqual(
    numbers("packed").slice(9900),
    Array.from({ length: 100 }, (_, i) => i),
  );
});

test("attributes are texts and numbers; one that is not there is undefined", () => {
  assert.deepEqual(file.attribute("/", "texts"), ["a", "bé"]);
  assert.deepEqual(file.attribute("/", "fixed"), ["kernel:0", "bias:0"]);
  assert.deepEqual(file.attribute("/", "number"), [3]);
  assert.equal(file.attribute("/", "absent"), undefined);
});

const refusals: Readonly<Record<string, RegExp>> = {
  "external link": /link leads out of the HDF5 file/,
  "broken link": /no dataset of this name/,
  "packed claim": /claims 4000000000000 bytes/,
  "plain claim": /claims 40000000000 bytes/,
  "unknown filter": /packed with the filter lzf/,
  virtual: /virtual: its numbers lie in other files/,
  "external data": /cannot be read/,
  text: /no plain numbers/,
  group: /no dataset of this name/,
  absent: /no dataset of this name/,
  "group/loop/loop/absent": /no dataset of this name/,
};

for (const [name, sentence] of Object.entries(refusals)) {
  test(`${name} is refused with a sentence`, () => {
    assert.throws(
      () => file.read(name),
      (error) => error instanceof GlassboxError && sentence.test(error.message) && error.message.length < 600,
    );
  });
}

test("a soft link within the file is followed; a group that holds itself ends nothing", () => {
  assert.deepEqual(toNumbers(file.read("soft link")), [0, 1, 2, 3, 4, 5]);
  assert.equal(file.kindOf("group/loop/loop/loop"), "group");
});
