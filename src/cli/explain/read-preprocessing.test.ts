import assert from "node:assert/strict";
import { test } from "node:test";
import type { PictureCard } from "../../protocol/model.ts";
import { readPreprocessing } from "./read-preprocessing.ts";

const picture: PictureCard = { rows: 224, columns: 224, channels: 3, layout: "NHWC" };
const model = { name: "net.onnx", picture };

test("a convention's name takes its size and layout from the model", () => {
  const { crop, layout, channelOrder, mean, source } = readPreprocessing("caffe", model);
  assert.deepEqual(
    [crop, layout, channelOrder, mean, source],
    [{ height: 224, width: 224 }, "NHWC", "BGR", [104, 117, 123], "user"],
  );
});

test("JSON is taken bare, or as the file beside a model has it", () => {
  const bare = readPreprocessing('{"mean":[1,2,3],"layout":"NHWC"}', model);
  const beside = readPreprocessing('{"preprocessing":{"mean":[1,2,3],"layout":"NHWC"}}', model);
  assert.deepEqual(bare, beside);
  assert.deepEqual(bare.mean, [1, 2, 3]);
});

const refused: readonly (readonly [word: string, sentence: RegExp])[] = [
  ["imagenett", /no convention and no file named imagenett.*imagenet, inception/],
  ["grey-unit", /for grey pictures, but the model takes 3 channels/],
  ['{"mean":[1,2]}', /mean.*3 numbers/],
  ['{"mean":', /not valid JSON/],
  ['{"classes":"a.txt","preprocessing":null}', /preprocessing/],
];
for (const [word, sentence] of refused) {
  test(`${word} is refused with a sentence`, () => assert.throws(() => readPreprocessing(word, model), sentence));
}

test("a model that takes no picture has nothing to preprocess", () => {
  assert.throws(
    () => readPreprocessing("imagenet", { name: "table.onnx", picture: undefined }),
    /does not take pictures/,
  );
});
