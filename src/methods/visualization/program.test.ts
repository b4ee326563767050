import assert from "node:assert/strict";
import { test } from "node:test";
import { array64, type Array64 } from "../../graph/array64.ts";
import { evaluate } from "../../graph/evaluate.ts";
import {
  channel,
  direction,
  diversity,
  layer,
  minus,
  neuron,
  plus,
  times,
  type Objective,
} from "../../graph/objective.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import {
  ascentGraph,
  ascentName,
  mapsName,
  objectiveName,
  outputSize,
  parametersName,
  parametersShape,
  type ProgramPlan,
  imageName,
} from "./program.ts";
import { planReading, readingFeeds } from "./readout.ts";
import { presets, type Recipe } from "./recipe.ts";
import { smallGraph } from "./small-network.ts";
import { coding, rough } from "./small-recipe.ts";
import { affineOf, drawPlacement } from "./transforms.ts";

const squareAt = (channels: number, side: number) => ({
  channels,
  space: [side, side],
  grid: { rows: side, columns: side, at: Int32Array.from({ length: side * side }, (_, i) => i) },
});

/** The largest difference between the program's gradient and central differences of its objective, in float64. */
function differences(objective: Objective, recipe: Recipe, batch: number): number {
  const side = 8;
  const network = smallGraph(batch, 10, "float64");
  const siteValues = {
    site: (name: string) => network.sites.find((site) => site.name === name)!.value,
    logits: network.outputs[0]!,
  };
  const plan: ProgramPlan = {
    batch,
    size: [side, side],
    recipe,
    coding,
    reading: planReading(objective, siteValues),
    input: "picture",
  };
  const graph = ascentGraph(network, plan, { dtype: "float64" });
  const random = new Random(7);
  const shape = parametersShape(plan);
  const parameters = random.normals(sizeOf(shape));
  const output = outputSize(plan);
  const maps = Array.from({ length: batch }, () =>
    affineOf(drawPlacement(random, recipe.transforms), [side, side], output),
  ).flat();
  const grids = new Map(
    plan.reading.readouts.map(({ value }) => [
      value,
      squareAt(
        network.types.get(value)!.shape[1]!,
        network.sites.find((site) => site.value === value)!.name === "first"
          ? output[0]
          : Math.floor((output[0] - 3) / 2) + 1,
      ),
    ]),
  );
  const feeds = new Map<string, Array64>(
    [
      ...readingFeeds(
        plan.reading,
        Array.from({ length: batch }, () => objective),
        grids,
        siteValues,
      ),
    ].map(([name, value]) => [name, array64("float64", value.shape, toFloat64(value))]),
  );
  feeds.set(mapsName, array64("float64", [batch, 2, 3], maps));
  const at = (values: Float64Array) =>
    evaluate(graph, new Map([...feeds, [parametersName, array64("float64", shape, values)]]), coreOperators);
  const penalised = (values: Float64Array): number => {
    const found = at(values);
    const image = found.get(imageName)!;
    const one = sizeOf(image.shape.slice(1));
    const l2 = image.data.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / one;
    return found.get(objectiveName)!.data.reduce((sum, value) => sum + value, 0) - recipe.l2 * l2;
  };
  const analytic = at(parameters).get(ascentName)!.data;
  let square = 0;
  let error = 0;
  for (let i = 0; i < parameters.length; i += 29) {
    const moved = (h: number): number => penalised(parameters.map((value, k) => (k === i ? value + h : value)));
    const h = 1e-4;
    const numeric = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
    square += numeric ** 2;
    error += (numeric - analytic[i]!) ** 2;
  }
  assert.ok(square > 0);
  return Math.sqrt(error / square);
}

test("the gradient of the whole program, from spectrum through colours, transforms and network, agrees with differences to 1e-6", () => {
  const recipe: Recipe = { ...presets.glassbox, transforms: rough, l2: 0.3 };
  for (const [name, objective] of Object.entries({
    channel: channel("second", 2),
    neuron: neuron("first", 1, 3, 4),
    layer: times(layer("first"), 0.5),
    direction: direction("second", [1, -2, 0.5, 0, 1, 3]),
    diversity: minus(channel("second", 2), times(diversity(), 0.7)),
    "a difference of sites": minus(channel("second", 2), times(channel("first", 1), 3)),
    "a sum of positions": plus(plus(channel("second", 2), neuron("second", 4, 1, 0)), times(neuron("second", 4), -2)),
  })) {
    const error = differences(objective, recipe, name === "diversity" ? 2 : 1);
    assert.ok(error <= 1e-6, `${name}: off by ${error}`);
  }
  assert.ok(differences(channel("first", 0), { ...presets.pixel, transforms: rough, l2: 0 }, 2) <= 1e-6);
  assert.ok(differences(channel("second", 2), { ...recipe, range: "soft" }, 1) <= 1e-6, "soft range");
});
