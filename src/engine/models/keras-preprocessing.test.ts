import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { kerasFolder } from "../../../test/oracles/keras-record.ts";
import { applyPreprocessing } from "../../data/image/preprocessing.ts";
import { image } from "../../data/image/image.ts";
import { openGraph } from "../../formats/open.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import { openNetwork } from "./open-network.ts";

const folder = path.join(kerasFolder, "preprocessing");

async function statedBy(name: string) {
  const { model, close } = await openNetwork(path.join(folder, `${name}.keras`), referenceRuntime, 2 ** 28, undefined);
  await close();
  return model.card.contract.inputs[0]!.preprocessing;
}

const { pixels, modes } = JSON.parse(fs.readFileSync(path.join(folder, "modes.json"), "utf8")) as {
  readonly pixels: readonly (readonly number[])[];
  readonly modes: Readonly<Record<string, readonly (readonly number[])[]>>;
};

for (const [mode, title] of [
  ["caffe", "VGG"],
  ["tf", "ResNet V2"],
  ["torch", "DenseNet"],
] as const)
  test(`${title} is fed as Keras's preprocess_input of the mode "${mode}" does, and that is not sure`, async () => {
    const stated = await statedBy(mode);
    assert.ok(stated);
    assert.equal(stated.sure, false);
    assert.equal(stated.evidence.from, "file");
    assert.match(stated.evidence.words, new RegExp(`${title} of keras\\.applications.*mode "${mode}"`));
    const photograph = image(3, 1, Uint8Array.from(pixels.flat()));
    const { tensor } = applyPreprocessing(photograph, { ...stated.value, resize: null, crop: null });
    assert.deepEqual(tensor.shape, [1, 1, 3, 3]);
    modes[mode]!.flat().forEach((expected, i) =>
      assert.ok(Math.abs(toFloat64(tensor)[i]! - expected) < 1e-4, `value ${i} of ${mode}`),
    );
  });

test("an application that rescales inside is sure; a Rescaling alone does not say the order of colours", async () => {
  const inside = await statedBy("inside");
  assert.deepEqual([inside?.sure, inside?.value.range, inside?.value.channelOrder], [true, [0, 255], "RGB"]);
  assert.match(
    inside!.evidence.words,
    /MobileNet V3.*scales pixels from 0 to 255 itself: "rescaling\w*" \(Rescaling\)/,
  );
  const alone = await statedBy("rescaling");
  assert.deepEqual([alone?.sure, alone?.value.range], [false, [0, 255]]);
  assert.match(alone!.evidence.words, /red or blue/);
  const grey = await statedBy("grey");
  assert.deepEqual([grey?.sure, grey?.value.range, grey?.value.channelOrder], [true, [0, 255], "grey"]);
  const normalization = await statedBy("normalization");
  assert.deepEqual([normalization?.sure, normalization?.value.range], [false, [0, 1]]);
});

test("a network inside the model is recognised; what stands before it counts", async () => {
  const nested = await statedBy("nested");
  assert.deepEqual([nested?.sure, nested?.value.range], [false, [-1, 1]]);
  const rescaled = await statedBy("nested-rescaling");
  assert.deepEqual([rescaled?.sure, rescaled?.value.range], [false, [0, 255]]);
});

test("a name without its weights, and weights without their name, say nothing", async () => {
  assert.equal(await statedBy("only-a-name"), undefined);
  assert.equal(await statedBy("nothing"), undefined);
});

test("a model.json without such layers says nothing either", async () => {
  const opened = await openGraph(path.join(kerasFolder, "layers-model", "model.json"));
  const [input] = opened.declared!;
  assert.equal(opened.fedValues!(input!.name), undefined);
  opened.close();
});
