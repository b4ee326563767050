import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { GlassboxError } from "../../tensor/errors.ts";
import { candidates, conventionOf } from "./conventions.ts";
import { decodeImage } from "./decode.ts";
import { applyPreprocessing } from "./preprocessing.ts";
import { parseSidecar, sidecarName } from "./sidecar.ts";

const sample = (file: string): string => path.join(process.env["GLASSBOX_ROOT"] ?? ".", "samples/vision", file);

test("the sample's sidecar contains ImageNet's convention and its classes", () => {
  const { classes, preprocessing } = parseSidecar(
    fs.readFileSync(sample("efficientnet-lite0.glassbox.json"), "utf8"),
    "sample",
  );
  assert.equal(
    fs
      .readFileSync(sample(classes as string), "utf8")
      .trim()
      .split("\n").length,
    1000,
  );
  assert.equal(conventionOf(preprocessing!)?.name, "imagenet");
  assert.equal(preprocessing!.source, "metadata");
  const { tensor } = applyPreprocessing(
    decodeImage(fs.readFileSync(sample("chelsea.png")), "chelsea.png").image,
    preprocessing!,
  );
  assert.deepEqual(
    tensor,
    applyPreprocessing(
      decodeImage(fs.readFileSync(sample("chelsea.png")), "chelsea.png").image,
      candidates([1, 3, 224, 224])[0]!.preprocessing,
    ).tensor,
  );
});

test("the masks have the size of their photographs and are black and white", () => {
  for (const [mask, photograph] of [
    ["rocket.mask.png", "rocket.jpg"],
    ["coffee.mask.png", "coffee.png"],
  ] as const) {
    const a = decodeImage(fs.readFileSync(sample(mask)), mask).image;
    const b = decodeImage(fs.readFileSync(sample(photograph)), photograph).image;
    assert.deepEqual([a.width, a.height], [b.width, b.height]);
    assert.ok(a.data.every((value) => value === 0 || value === 255) && a.data.includes(255));
  }
});

test("a sidecar is next to its model", () => {
  assert.equal(sidecarName("a/b.c/net.v2.onnx"), "a/b.c/net.v2.glassbox.json");
  assert.equal(sidecarName("a.b/net"), "a.b/net.glassbox.json");
});

test("absent fields have the simplest defaults", () => {
  const { classes, preprocessing } = parseSidecar('{"preprocessing": {"channelOrder": "grey"}}', "s");
  assert.equal(classes, undefined);
  const { resize, crop, range, mean, std, layout } = preprocessing!;
  assert.deepEqual(
    { resize, crop, range, mean, std, layout },
    { resize: null, crop: null, range: [0, 1], mean: [0], std: [1], layout: "NCHW" },
  );
  assert.equal(parseSidecar("{}", "s").preprocessing, undefined);
});

test("an error names the wrong field", () => {
  const wrong = (text: string, what: RegExp): void =>
    assert.throws(
      () => parseSidecar(text, "net.glassbox.json"),
      (error) =>
        (error instanceof GlassboxError &&
          error.kind === "file" &&
          error.where === "net.glassbox.json" &&
          what.test(error.what)) ||
        assert.fail(`${error}`),
    );
  wrong("{", /not valid JSON/);
  wrong("[]", /The file must be a JSON object/);
  wrong('{"class": "a"}', /“class” is not a known field; known are classes, preprocessing/);
  wrong('{"classes": "../../secrets.txt"}', /own folder/);
  wrong('{"classes": "/etc/passwd"}', /own folder/);
  wrong('{"classes": 3}', /must name a text file/);
  wrong('{"preprocessing": {"std": [1, 0, 1]}}', /“preprocessing.std” must not contain 0/);
  wrong('{"preprocessing": {"mean": [1]}}', /“preprocessing.mean” must be a list of 3 numbers/);
  wrong('{"preprocessing": {"range": [1, 1]}}', /two different ends/);
  wrong('{"preprocessing": {"channelOrder": "rgb"}}', /must be one of RGB, BGR, grey/);
  wrong(
    '{"preprocessing": {"resize": {"mode": "exact", "size": 3}}}',
    /“preprocessing.resize.size” must be \[height, width\]/,
  );
  wrong(
    '{"preprocessing": {"crop": {"height": 1e9, "width": 3}}}',
    /“preprocessing.crop.height” must be a whole number of pixels/,
  );
});
