import { toCanonical } from "../../graph/axes/layout.ts";
import { Builder, type Value } from "../../graph/builder.ts";
import type { Graph, ValueName } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { ownName } from "../../graph/own-name.ts";
import { prune } from "../../graph/prune.ts";
import { differentiate } from "../../graph/transform/differentiate.ts";
import { graft } from "../../graph/transform/graft.ts";
import type { DType } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import { readLayout } from "../site-layout.ts";
import { surroundOf, type PixelCoding } from "./coding.ts";
import { colourRows } from "./colour.ts";
import { imageOfSpectrum, spectrumShape } from "./fourier.ts";
import { intoRange } from "./range.ts";
import { readObjective, type ReadingPlan } from "./readout.ts";
import type { Recipe } from "./recipe.ts";
import { redirectDead } from "./redirect.ts";
import { resampled } from "./resampling.ts";
import { outputExtent } from "./transforms.ts";

export const parametersName: ValueName = ownName("image parameters");
/** The affine map of each sample, [batch, 2, 3]. */
export const mapsName: ValueName = ownName("image maps");
/** The image, [batch, channel, row, column] in [0, 1], with channels in the model's order. */
export const imageName: ValueName = ownName("image");
export const objectiveName: ValueName = ownName("objective");
export const ascentName: ValueName = ownName("gradient of image parameters");

export interface ProgramPlan {
  readonly batch: number;
  /** The rows and columns of the image. */
  readonly size: readonly [number, number];
  readonly recipe: Recipe;
  readonly coding: PixelCoding;
  readonly reading: ReadingPlan;
  readonly input: ValueName;
}

export const outputSize = ({ size, recipe }: Pick<ProgramPlan, "size" | "recipe">): readonly [number, number] => [
  outputExtent(size[0], recipe.transforms),
  outputExtent(size[1], recipe.transforms),
];

export const parametersShape = ({ batch, size: [rows, columns], recipe, coding }: ProgramPlan): Shape =>
  recipe.parametrization === "fourier"
    ? spectrumShape(batch, channelsOf(coding), rows, columns)
    : [batch, channelsOf(coding), rows, columns];

/** For a grey model, the image is optimized in grey. */
const channelsOf = ({ order }: PixelCoding): number => (order === "grey" ? 1 : 3);

/** Parameters → image → transformed input → the part of the network that is read → objective, and its gradient with respect to the parameters. */
export function ascentGraph(
  network: Graph,
  plan: ProgramPlan,
  { redirect = false, dtype = "float32" as DType } = {},
): Graph {
  const b = new Builder(coreOperators);
  b.origin = "visualization";
  const parameters = b.input(parametersName, { dtype, shape: parametersShape(plan) });
  const image = named(b, imageOf(b, parameters, plan), imageName);
  const score = named(b, objectiveOf(b, network, image, plan), objectiveName);
  const penalties = penaltiesOf(b, image, plan.recipe);
  const total = penalties.reduce(b.sub, score);
  const seed = b.expand(b.scalar(1, dtype), total.shape);
  const [gradient] = differentiate(
    b,
    [{ of: total, cotangent: seed }],
    [parameters],
    redirect ? redirectDead : undefined,
  );
  if (!gradient) throw new GlassboxError("unsupported", "the objective does not depend on the model's input");
  return prune(b.finish([score, image, named(b, gradient, ascentName)]));
}

/** The graph that computes the objective of given images. */
export function scoreGraph(network: Graph, plan: ProgramPlan): Graph {
  const b = new Builder(coreOperators);
  b.origin = "visualization";
  const image = b.input(imageName, { dtype: "float32", shape: [plan.batch, channelsOf(plan.coding), ...plan.size] });
  return prune(b.finish([named(b, objectiveOf(b, network, image, plan), objectiveName)]));
}

const named = (b: Builder, value: Value, name: ValueName): Value => b.apply("Identity", [value], {}, { names: [name] });

/** Builds the image. The values are divided by 4, as in lucid, so that the sigmoid starts in its linear part. */
function imageOf(b: Builder, parameters: Value, { size: [rows, columns], recipe, coding, batch }: ProgramPlan): Value {
  const channels = channelsOf(coding);
  const plain =
    recipe.parametrization === "fourier" ? imageOfSpectrum(b, parameters, columns, recipe.decay, 1 / 4) : parameters;
  if (channels === 1) return intoRange(b, plain, recipe.range, coding.order);
  const colours = b.tensor(fromFloat64(parameters.dtype, [3, 3], colourRows(recipe.decorrelated, coding.order).flat()));
  const mixed = b.matmul(colours, b.reshape(plain, [batch, 3, rows * columns]));
  return intoRange(b, b.reshape(mixed, [batch, 3, rows, columns]), recipe.range, coding.order);
}

function objectiveOf(b: Builder, network: Graph, image: Value, plan: ProgramPlan): Value {
  const { coding, recipe, batch } = plan;
  const perChannel = (values: readonly number[]): Value =>
    b.tensor(fromFloat64(image.dtype, [1, values.length, 1, 1], values));
  const coded = b.add(
    b.mul(image, perChannel(coding.white.map((white, i) => white - coding.black[i]!))),
    perChannel(coding.black),
  );
  const maps = b.input(mapsName, { dtype: image.dtype, shape: [batch, 2, 3] });
  const placed = resampled(b, coded, maps, outputSize(plan), perChannel(surroundOf(coding, recipe.surround)));
  const input = coding.layout === "NHWC" ? b.transpose(placed, [0, 2, 3, 1]) : placed;
  const values = graft(
    b,
    network,
    new Map([[plan.input, input]]),
    plan.reading.readouts.map(({ value }) => value),
  );
  if (values === undefined)
    throw new GlassboxError(
      "unsupported",
      `the part of the network that is read works only at the size fixed by the file, not at ${outputSize(plan).join(" × ")}`,
    );
  return readObjective(b, plan.reading, canonicalOf(b, network, values, plan.reading));
}

/** The values that are read, in their canonical form, which holds at the image's size as well. */
export const canonicalOf = (
  b: Builder,
  network: Graph,
  values: ReadonlyMap<ValueName, Value>,
  { readouts, logits }: ReadingPlan,
): ReadonlyMap<ValueName, Value> =>
  new Map(
    readouts.map(
      ({ value }) => [value, toCanonical(b, values.get(value)!, readLayout(network, value, logits))] as const,
    ),
  );

function penaltiesOf(b: Builder, image: Value, { totalVariation, l2 }: Recipe): readonly Value[] {
  const mean = (x: Value, weight: number): Value => b.scale(b.sum(x, [1, 2, 3]), weight / sizeOf(x.shape.slice(1)));
  const differences = (axis: number): Value => {
    const extent = image.shape[axis]!;
    return b.apply("Abs", [b.sub(b.slice(image, [axis], [1], [extent]), b.slice(image, [axis], [0], [extent - 1]))]);
  };
  const centred = l2 === 0 ? undefined : b.shift(image, -0.5);
  return [
    ...(totalVariation === 0 ? [] : [mean(differences(2), totalVariation), mean(differences(3), totalVariation)]),
    ...(centred ? [mean(b.mul(centred, centred), l2)] : []),
  ];
}
