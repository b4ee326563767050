import { cellCentres, type SamplePoints } from "../../data/concepts/concepts.ts";
import { applyPreprocessing, geometryOf, toTensor, type Preprocessing } from "../../data/image/preprocessing.ts";
import type { Image, Size } from "../../data/image/image.ts";
import { resize } from "../../data/image/resize.ts";
import type { Dataset } from "../../data/datasets/dataset.ts";
import type { ModelSamples } from "../../methods/contexts.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { stackRows, takeRows } from "../../tensor/rows.ts";
import { sameShape, sizeOf } from "../../tensor/shape.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import type { OpenNetwork } from "../models/open-network.ts";

/** The raw input is the picture averaged to this many cells per side. */
const rawSide = 16;
/** A tensor with more elements is too wide for a linear probe, so it is not used as a control. */
const maxRawSize = 4096;

export function modelSamples(
  { card, network }: OpenNetwork,
  dataset: Dataset,
  preprocessing: Preprocessing | undefined,
): ModelSamples {
  const { samples } = dataset;
  if (samples.kind === "tensors")
    return tensorSamples(samples.values, card.name, network.inputShape, dataset.reference);
  const { picture } = card;
  if (picture === undefined || preprocessing === undefined) {
    throw new GlassboxError(
      "input",
      `${card.name} does not take pictures: its input is [${network.inputShape.join(", ")}]`,
      { where: dataset.reference, hint: "Give the samples as .npz: X as the model takes it, and y." },
    );
  }
  const size = { width: picture.columns, height: picture.rows };
  // A picture rendered at the model's input size is neither resized nor cropped.
  const prepared = (row: number): { readonly tensor: Tensor; readonly view: Image } => {
    const image = samples.read(row, size);
    return samples.anySize
      ? { tensor: toTensor(image, preprocessing), view: image }
      : applyPreprocessing(image, preprocessing);
  };
  // The trained network, the random-weights control and the raw input request the same rows one after another.
  let last: { readonly row: number; readonly made: ReturnType<typeof prepared> }[] = [];
  const at = (row: number): ReturnType<typeof prepared> => {
    const known = last.find((each) => each.row === row);
    if (known) return known.made;
    const made = prepared(row);
    last = [...last.slice(-15), { row, made }];
    return made;
  };
  return {
    rows: {
      count: dataset.count,
      rows: (start, count) => stackRows(Array.from({ length: count }, (_, i) => at(start + i).tensor)),
    },
    raw: {
      features: rawSide * rawSide * 3,
      row: (row) =>
        Float32Array.from(
          resize(at(row).view, { width: rawSide, height: rawSide }, "box").data,
          (level) => level / 255,
        ),
    },
    pointsOf: viewPoints(samples, size, preprocessing),
  };
}

/** Where the centres of a grid over the model's view lie in a picture, as shares of its width and height. */
function viewPoints(
  samples: Extract<Dataset["samples"], { readonly kind: "pictures" }>,
  size: Size,
  preprocessing: Preprocessing,
): NonNullable<ModelSamples["pointsOf"]> {
  // Pictures of one size share their points.
  const known = new Map<string, SamplePoints>();
  return (row, [rows, columns]) => {
    const picture = samples.anySize ? undefined : samples.read(row, size);
    const key = `${rows} ${columns} ${picture?.width ?? ""} ${picture?.height ?? ""}`;
    const points = known.get(key) ?? (picture ? viewed(picture) : cellCentres(columns, rows));
    if (known.size < 1000) known.set(key, points);
    return points;

    function viewed(photograph: Size): SamplePoints {
      const { resized, crop } = geometryOf(photograph, preprocessing);
      const { x, y } = cellCentres(columns, rows);
      return {
        x: x.map((share) => (crop.x + share * crop.width) / resized.width),
        y: y.map((share) => (crop.y + share * crop.height) / resized.height),
      };
    }
  };
}

function tensorSamples(values: Tensor, model: string, inputShape: readonly number[], where: string): ModelSamples {
  const [count = 0, ...own] = values.shape;
  const flat = sizeOf(own) === sizeOf(inputShape) && (own.length === 1 || inputShape.length === 1);
  if (!sameShape(own, inputShape) && !flat) {
    throw new GlassboxError("input", `a sample is [${own.join(", ")}], but ${model} takes [${inputShape.join(", ")}]`, {
      where,
      hint: "Samples are given as the model takes them, without preprocessing.",
    });
  }
  const shaped = tensor(values.dtype, [count, ...inputShape], values.data);
  const width = sizeOf(inputShape);
  return {
    rows: { count, rows: (start, n) => takeRows(shaped, start, n) },
    raw:
      width > maxRawSize
        ? undefined
        : { features: width, row: (row) => (values.data as Float32Array).slice(row * width, (row + 1) * width) },
  };
}
