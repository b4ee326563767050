import assert from "node:assert/strict";
import { test } from "node:test";
import { fromPreprocessorConfig, fromTimmConfig } from "./preprocessing-config.ts";

const input = { layout: "NCHW", channels: 3, height: 224, width: 224 } as const;

test("ViT's preprocessor_config.json: the whole picture, minus and over 0.5", () => {
  const found = fromPreprocessorConfig(
    {
      do_normalize: true,
      do_rescale: true,
      do_resize: true,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      resample: 2,
      rescale_factor: 0.00392156862745098,
      size: { height: 224, width: 224 },
    },
    input,
    "preprocessor_config.json",
  );
  assert.deepEqual(
    [found?.resize, found?.crop, found?.range, found?.mean],
    [{ mode: "exact", size: [224, 224], filter: "bilinear" }, null, [0, 1], [0.5, 0.5, 0.5]],
  );
});

test("a centre crop keeps the resize of the shorter side; no rescale means 0 to 255", () => {
  const found = fromPreprocessorConfig(
    {
      do_center_crop: true,
      do_rescale: false,
      do_normalize: false,
      resample: 3,
      size: { shortest_edge: 256 },
      crop_size: { height: 224, width: 224 },
    },
    input,
    "p",
  );
  assert.deepEqual(
    [found?.resize, found?.crop, found?.range, found?.std],
    [{ mode: "shorter-side", size: 256, filter: "bicubic" }, { height: 224, width: 224 }, [0, 255], [1, 1, 1]],
  );
});

test("timm's pretrained_cfg: the resize follows from the share that the crop keeps", () => {
  const config = { pretrained_cfg: { mean: [0, 0, 0], std: [1, 1, 1], interpolation: "bicubic", crop_pct: 0.9 } };
  assert.deepEqual(fromTimmConfig(config, input, "config.json")?.resize, {
    mode: "shorter-side",
    size: 248,
    filter: "bicubic",
  });
});

test("what is no such file, or has the wrong number of channels, says nothing", () => {
  for (const value of [null, 3, "x", {}, [], { image_mean: [0.5], image_std: [0.5], do_rescale: true }])
    assert.equal(fromPreprocessorConfig(value, input, "p"), undefined);
  assert.equal(fromTimmConfig({ pretrained_cfg: { mean: [1] } }, input, "c"), undefined);
});
