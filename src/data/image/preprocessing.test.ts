import assert from "node:assert/strict";
import { test } from "node:test";
import { GlassboxError } from "../../tensor/errors.ts";
import { float32 } from "../../tensor/tensor.ts";
import {
  candidates,
  conventionNamed,
  conventionOf,
  conventions,
  imageInput,
  preprocessingFor,
  type ConventionName,
} from "./conventions.ts";
import { centered, crop, mirror } from "./crop.ts";
import { blankView, detectionViews } from "./detection-views.ts";
import { image, type Image } from "./image.ts";
import {
  applyPreprocessing,
  cropped,
  geometryOf,
  toPixels,
  toTensor,
  viewOf,
  type Preprocessing,
} from "./preprocessing.ts";
import { resize } from "./resize.ts";

const picture = (width: number, height: number): Image =>
  image(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 89 + (i >> 4) * 31) % 256),
  );

const plain: Preprocessing = {
  resize: null,
  crop: null,
  range: [0, 1],
  mean: [0, 0, 0],
  std: [1, 1, 1],
  channelOrder: "RGB",
  layout: "NCHW",
  source: "user",
  reason: "test",
};

function ruleOf(name: ConventionName): Preprocessing {
  const { range, mean, std, channelOrder } = conventionNamed(name);
  return { ...plain, range, mean, std, channelOrder };
}

test("ImageNet: (x/255 − mean)/std in planes of red, green, blue", () => {
  const { mean, std } = conventionNamed("imagenet");
  const { shape, data } = toTensor(image(2, 1, Uint8Array.of(255, 0, 51, 0, 255, 102)), { ...plain, mean, std });
  assert.deepEqual(shape, [1, 3, 1, 2]);
  const expected = [
    (1 - 0.485) / 0.229,
    -0.485 / 0.229,
    -0.456 / 0.224,
    (1 - 0.456) / 0.224,
    (0.2 - 0.406) / 0.225,
    (0.4 - 0.406) / 0.225,
  ];
  expected.forEach((value, i) => assert.equal(data[i], Math.fround(value)));
});

test("Caffe: blue first, 0 to 255, minus a mean per channel", () => {
  const { data } = toTensor(image(1, 1, Uint8Array.of(10, 20, 30)), ruleOf("caffe"));
  assert.deepEqual([...(data as Float32Array)], [30 - 104, 20 - 117, 10 - 123]);
});

test("NHWC interleaves, grey is BT.601 luma", () => {
  const two = image(2, 1, Uint8Array.of(255, 0, 0, 0, 0, 255));
  const byte = { ...plain, range: [0, 255] as const };
  const interleaved = toTensor(two, { ...byte, layout: "NHWC" });
  assert.deepEqual(interleaved.shape, [1, 1, 2, 3]);
  assert.deepEqual([...(interleaved.data as Float32Array)], [255, 0, 0, 0, 0, 255]);
  const grey = toTensor(two, { ...byte, channelOrder: "grey", mean: [0], std: [1] });
  assert.deepEqual(grey.shape, [1, 1, 1, 2]);
  assert.deepEqual([...(grey.data as Float32Array)], [76, 29]);
});

test("toPixels undoes every convention, in both layouts", () => {
  const source = picture(5, 4);
  for (const convention of conventions) {
    for (const layout of ["NCHW", "NHWC"] as const) {
      const preprocessing = { ...ruleOf(convention.name), layout };
      const tensor = toTensor(source, preprocessing);
      const back = toPixels(tensor, preprocessing);
      if (convention.channelOrder === "grey") assert.deepEqual(toTensor(back, preprocessing).data, tensor.data);
      else assert.deepEqual(back, source, convention.name);
    }
  }
});

test("the shorter side, the truncated longer side and the crop match torchvision", () => {
  const rule = {
    resize: { mode: "shorter-side", size: 256, filter: "bilinear" },
    crop: { width: 224, height: 224 },
  } as const;
  // Expected: torchvision 0.2x on the sample photographs, e.g. int(256 · 451 / 300) = 384.
  assert.deepEqual(geometryOf({ width: 451, height: 300 }, rule), {
    resized: { width: 384, height: 256 },
    crop: { x: 80, y: 16, width: 224, height: 224 },
  });
  assert.deepEqual(geometryOf({ width: 427, height: 640 }, rule), {
    resized: { width: 256, height: 383 },
    crop: { x: 16, y: 80, width: 224, height: 224 },
  });
  // Python rounds halves to even: round(80.5) = 80, round(79.5) = 80.
  assert.equal(centered({ width: 385, height: 383 }, { width: 224, height: 224 }).x, 80);
  assert.equal(centered({ width: 385, height: 383 }, { width: 224, height: 224 }).y, 80);
});

test("the view shows exactly what the tensor contains", () => {
  const preprocessing = candidates([1, 3, 8, 8])[0]!.preprocessing;
  const { tensor, view } = applyPreprocessing(picture(30, 20), preprocessing);
  assert.deepEqual(tensor.shape, [1, 3, 8, 8]);
  assert.deepEqual(toPixels(tensor, preprocessing), view);
});

test("a crop larger than the picture is padded with black, or with the edge", () => {
  const one = image(1, 1, Uint8Array.of(9, 8, 7));
  assert.deepEqual([...crop(one, { x: -1, y: 0, width: 2, height: 1 }).data], [0, 0, 0, 9, 8, 7]);
  assert.deepEqual([...crop(one, { x: -1, y: 0, width: 2, height: 1 }, "edge").data], [9, 8, 7, 9, 8, 7]);
  assert.deepEqual(mirror(mirror(picture(5, 3))), picture(5, 3));
});

test("a picture's shape is recognised", () => {
  assert.deepEqual(imageInput([1, 3, 224, 192]), { layout: "NCHW", channels: 3, height: 224, width: 192 });
  assert.deepEqual(imageInput([undefined, 96, 96, 3]), { layout: "NHWC", channels: 3, height: 96, width: 96 });
  assert.deepEqual(imageInput([1, 1, 28, 28]), { layout: "NCHW", channels: 1, height: 28, width: 28 });
  assert.deepEqual(imageInput([-1, 3, undefined, undefined]), { layout: "NCHW", channels: 3, height: 224, width: 224 });
  assert.equal(imageInput([1, 128]), undefined);
  assert.equal(imageInput([1, 12, 64, 64]), undefined);
});

test("candidates: the most common first, one of each kind, none if the input is not a picture", () => {
  assert.deepEqual(
    candidates([1, 3, 224, 224]).map(({ convention }) => convention),
    ["imagenet", "inception", "caffe", "unit", "byte"],
  );
  assert.deepEqual(
    candidates([1, 1, 28, 28]).map(({ convention }) => convention),
    ["mnist", "grey-unit", "grey-signed", "grey-byte"],
  );
  assert.deepEqual(candidates([1, 77]), []);
  const { resize, crop: cut } = candidates([1, 3, 224, 224])[0]!.preprocessing;
  assert.deepEqual(
    [resize, cut],
    [
      { mode: "shorter-side", size: 256, filter: "bilinear" },
      { height: 224, width: 224 },
    ],
  );
});

test("a rule is recognised by its numbers: −1 to 1 is mean and deviation 0.5", () => {
  assert.equal(conventionOf(conventionNamed("tensorflow"))?.name, "inception");
  assert.equal(
    conventionOf({ ...plain, range: [0, 255], mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] })?.name,
    "imagenet",
  );
  assert.equal(conventionOf({ ...plain, mean: [0.1, 0.1, 0.1] }), undefined);
});

test("detection views: the view itself, its mirror, and two shifts of 12 pixels at 224", () => {
  const preprocessing = preprocessingFor(conventionNamed("unit"), {
    layout: "NCHW",
    channels: 3,
    height: 224,
    width: 224,
  });
  const source = picture(300, 256);
  const views = detectionViews(source, preprocessing);
  const { view } = applyPreprocessing(source, preprocessing);
  assert.deepEqual(views[0], view);
  assert.deepEqual(views[1], mirror(view));
  const pixel = ({ width, data }: Image, x: number, y: number): Uint8Array =>
    data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3);
  assert.deepEqual(pixel(views[2]!, 112, 112), pixel(view, 100, 100));
  assert.deepEqual(pixel(views[3]!, 100, 100), pixel(view, 112, 112));
  assert.ok(blankView(view).data.every((value) => value === 128));
});

test("impossible rules are rejected with a readable error", () => {
  const refused = (changes: Partial<Preprocessing>, what: RegExp): void =>
    assert.throws(
      () => toTensor(picture(2, 2), { ...plain, ...changes }),
      (error) => error instanceof GlassboxError && error.kind === "option" && what.test(error.what),
    );
  refused({ std: [1, 0, 1] }, /deviation is 0/);
  refused({ mean: [0] }, /1 means and 3 deviations/);
  refused({ mean: [0, NaN, 0] }, /not a number/);
  refused({ range: [1, 1] }, /range/);
  assert.throws(() => toPixels(float32([1, 4, 1, 1], [1, 2, 3, 4]), plain), RangeError);
});

test("the view is the crop of the resized picture, also where the crop reaches outside", () => {
  const rules: readonly Pick<Preprocessing, "resize" | "crop">[] = [
    { resize: { mode: "shorter-side", size: 20, filter: "bilinear" }, crop: { width: 16, height: 16 } },
    { resize: { mode: "shorter-side", size: 9, filter: "bicubic" }, crop: { width: 30, height: 12 } },
    { resize: { mode: "exact", size: [8, 50], filter: "box" }, crop: null },
    { resize: null, crop: { width: 40, height: 5 } },
    { resize: null, crop: null },
  ];
  for (const rule of rules) {
    for (const photograph of [picture(31, 17), picture(6, 90)]) {
      const { resized, crop: rectangle } = geometryOf(photograph, rule);
      const whole = rule.resize ? resize(photograph, resized, rule.resize.filter) : photograph;
      assert.deepEqual(viewOf(photograph, rule), crop(whole, rectangle));
      for (const x of [-100, -3, 4, 500]) {
        const moved = { ...rectangle, x };
        assert.deepEqual(cropped(photograph, rule, moved, "edge"), crop(whole, moved, "edge"));
        assert.deepEqual(cropped(photograph, rule, moved), crop(whole, moved));
      }
    }
  }
});
