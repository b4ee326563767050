import assert from "node:assert/strict";
import { test } from "node:test";
import { array64, type Array64 } from "../../graph/array64.ts";
import { Builder } from "../../graph/builder.ts";
import { evaluate } from "../../graph/evaluate.ts";
import {
  channel,
  direction,
  diversity,
  layer,
  logit,
  minus,
  neuron,
  plus,
  times,
  type Objective,
} from "../../graph/objective.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { differentiate } from "../../graph/transform/differentiate.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { float32, toFloat64 } from "../../tensor/tensor.ts";
import { Adam } from "./adam.ts";
import { colourMatrix } from "./colour.ts";
import type { PixelCoding } from "./coding.ts";
import { imageOfSpectrum, spectrumScale } from "./fourier.ts";
import { optimizeImages, type RenderJob, type OptimizationStep } from "./optimize-images.ts";
import {
  ascentGraph,
  ascentName,
  mapsName,
  objectiveName,
  outputSize,
  parametersName,
  parametersShape,
  type ProgramPlan,
} from "./program.ts";
import { planReading, readingFeeds } from "./readout.ts";
import { presets, presetSteps, type Recipe } from "./recipe.ts";
import { intoRange, type Range } from "./range.ts";
import { redirectDead } from "./redirect.ts";
import { resampled } from "./resampling.ts";
import { smallGraph, smallNetwork } from "./small-network.ts";
import { scoreInput } from "./score.ts";
import { affineOf, drawPlacement, randomFor, type Robustness } from "./transforms.ts";
import { activationAt, logitSlopes, logitsWithout } from "./unit.ts";

const coding: PixelCoding = { black: [-2.1, -2, -1.8], white: [2.2, 2.4, 2.6], order: "RGB", layout: "NCHW" };
const rough: Robustness = {
  pad: 2,
  jitter: 2,
  scales: { low: 0.9, high: 1.1 },
  angles: { low: -8, high: 8 },
  lastJitter: 2,
};
const near = (actual: ArrayLike<number>, expected: readonly number[], within: number): void =>
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i]! - value) <= within, `${i}: ${actual[i]} is not ${value}`),
  );

test("lucid's constants: the scale of 4 × 4 coefficients, the colour matrix, the transforms", () => {
  near(spectrumScale(4, 4, 1), [16, 16, 8, 16, 11.3137, 7.1554, 8, 7.1554, 5.6569, 16, 11.3137, 7.1554], 1e-4);
  near(colourMatrix.flat(), [0.5628, 0.1948, 0.0433, 0.5845, 0, -0.1082, 0.5845, -0.1948, 0.0649], 5e-5);
  const { transforms, learningRate, noise, redirectSteps, decay, decorrelated, surround, range } = presets.lucid;
  assert.deepEqual(
    [
      transforms.pad,
      transforms.jitter,
      transforms.lastJitter,
      learningRate,
      noise,
      decay,
      decorrelated,
      surround,
      range,
    ],
    [12, 8, 4, 0.05, 0.01, 1, true, "grey", "sigmoid"],
  );
  // lucid's global step counts from 0, and gradients are redirected unless it is above 16.
  assert.deepEqual([redirectSteps, presetSteps.lucid], [17, 512]);
  near(transforms.scales as readonly number[], [0.9, 0.92, 0.94, 0.96, 0.98, 1, 1.02, 1.04, 1.06, 1.08, 1.1], 1e-12);
  const angles = transforms.angles as readonly number[];
  assert.deepEqual(
    [angles.length, Math.min(...angles), Math.max(...angles), angles.filter((angle) => angle === 0).length],
    [26, -10, 10, 6],
  );
});

test("the image of a spectrum is the inverse discrete Fourier transform, for even and odd extents", () => {
  for (const [rows, columns] of [
    [4, 6],
    [5, 7],
    [6, 5],
  ] as const) {
    const half = Math.floor(columns / 2) + 1;
    const values = new Random(1).normals(2 * rows * half);
    const b = new Builder(coreOperators);
    const spectrum = b.input("s", { dtype: "float64", shape: [1, 1, 2 * rows, half] });
    const graph = b.finish([imageOfSpectrum(b, spectrum, columns, 1, 1)]);
    const image = evaluate(
      graph,
      new Map([["s", array64("float64", [1, 1, 2 * rows, half], values)]]),
      coreOperators,
    ).get(graph.outputs[0]!)!.data;
    const scale = spectrumScale(rows, columns, 1);
    const expected = Array.from({ length: rows * columns }, (_, i) => {
      const [r, c] = [Math.floor(i / columns), i % columns];
      let sum = 0;
      for (let k = 0; k < rows; k++) {
        for (let l = 0; l < half; l++) {
          const angle = 2 * Math.PI * ((k * r) / rows + (l * c) / columns);
          const twice = l === 0 || 2 * l === columns ? 1 : 2;
          sum +=
            twice *
            scale[k * half + l]! *
            (values[k * half + l]! * Math.cos(angle) - values[(rows + k) * half + l]! * Math.sin(angle));
        }
      }
      return sum / (rows * columns);
    });
    near(image, expected, 1e-12);
  }
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
      network.types
        .get(value)!
        .shape.map((extent, axis) =>
          axis >= 2 && network.sites.find((site) => site.value === value)!.name === "first"
            ? output[0]
            : axis >= 2
              ? Math.floor((output[0] - 3) / 2) + 1
              : extent,
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
    const image = found.get("image")!;
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

test("the soft range maps to [0, 1], 0 to the mean colour, and is steep where the sigmoid is flat", () => {
  const at = (range: Range, values: readonly number[]): number[] => {
    const b = new Builder(coreOperators);
    const x = b.input("x", { dtype: "float64", shape: [values.length, 3, 1, 1] });
    const graph = b.finish([intoRange(b, x, range, "BGR")]);
    const data = Float64Array.from(values.flatMap((value) => [value, value, value]));
    return [
      ...evaluate(graph, new Map([["x", array64("float64", x.shape, data)]]), coreOperators).get(graph.outputs[0]!)!
        .data,
    ];
  };
  const squashed = (mean: number, x: number): number =>
    0.5 + (x + mean - 0.5) / Math.sqrt(1 + (2 * (x + mean) - 1) ** 2);
  near(
    at("soft", [0, 3]),
    [0, 3].flatMap((x) => [0.41, 0.46, 0.48].map((mean) => squashed(mean, x))),
    1e-12,
  );
  assert.ok(at("soft", [-1e4, 1e4]).every((value) => value >= 0 && value <= 1));
  const slope = (range: Range): number => (at(range, [12.001])[0]! - at(range, [12])[0]!) / 0.001;
  assert.ok(slope("soft") > 10 * slope("sigmoid") && slope("sigmoid") > 0);
});

test("integer shifts and padding are exact; a rotation by 90° rotates", () => {
  const side = 6;
  const image = Float64Array.from({ length: side * side }, (_, i) => i + 1);
  const seen = (maps: readonly number[], output: readonly [number, number]): Float64Array => {
    const b = new Builder(coreOperators);
    const x = b.input("x", { dtype: "float64", shape: [1, 1, side, side] });
    const m = b.input("m", { dtype: "float64", shape: [1, 2, 3] });
    const graph = b.finish([resampled(b, x, m, output, b.scalar(-1, "float64"))]);
    return evaluate(
      graph,
      new Map([
        ["x", array64("float64", [1, 1, side, side], image)],
        ["m", array64("float64", [1, 2, 3], maps)],
      ]),
      coreOperators,
    ).get(graph.outputs[0]!)!.data;
  };
  const padded = (r: number, c: number): number =>
    r >= 0 && r < side && c >= 0 && c < side ? image[r * side + c]! : -1;
  const map = affineOf({ shift: [1, -2], scale: 1, degrees: 0, lastShift: [1, 0] }, [side, side], [8, 8]);
  near(
    seen(map, [8, 8]),
    Array.from({ length: 64 }, (_, i) => padded(Math.floor(i / 8) - 1 + 2, (i % 8) - 1 - 2)),
    1e-9,
  );
  const turned = affineOf({ shift: [0, 0], scale: 1, degrees: 90, lastShift: [0, 0] }, [side, side], [side, side]);
  near(
    seen(turned, [side, side]),
    Array.from({ length: 36 }, (_, i) => padded(side - 1 - (i % side), Math.floor(i / side))),
    1e-9,
  );
  const doubled = affineOf({ shift: [0, 0], scale: 2, degrees: 0, lastShift: [0, 0] }, [side, side], [side, side]);
  // A ramp is resampled exactly: rows and columns 2 and 3 of the output are a quarter of a pixel from the middle.
  near(seen(doubled, [side, side]).subarray(14, 16), [1 + 6 * 2.25 + 2.25, 1 + 6 * 2.25 + 2.75], 1e-9);
});

test("a gradient passes a rectifier that is inactive in a whole sample where it would activate it, and only there", () => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float64", shape: [3, 2] });
  const seed = b.input("seed", { dtype: "float64", shape: [3, 2] });
  const y = b.apply("Clip", [x], { min: 0, max: 6 });
  const [gradient] = differentiate(b, [{ of: y, cotangent: seed }], [x], redirectDead);
  const graph = b.finish([gradient!]);
  const found = evaluate(
    graph,
    new Map([
      ["x", array64("float64", [3, 2], [-1, -2, -1, 3, 7, 8])],
      ["seed", array64("float64", [3, 2], [5, -5, 5, 5, 5, -5])],
    ]),
    coreOperators,
  );
  assert.deepEqual(
    [...found.get(graph.outputs[0]!)!.data].map((value) => value + 0),
    [5, 0, 0, 5, 0, -5],
  );
});

test("Adam's first step has the length of the learning rate, along the gradient; equal gradients keep that length", () => {
  const adam = new Adam(0.05, 2);
  const values = new Float32Array(2);
  for (let step = 1; step <= 3; step++) adam.ascend(values, [3, -0.001], step);
  near(values, [0.15, -0.15], 2e-6);
});

const renderJob = (objectives: readonly Objective[], extra: Partial<RenderJob> = {}): RenderJob => ({
  network: smallNetwork(referenceRuntime, 12),
  objectives,
  ordinals: objectives.map((_, i) => i),
  coding,
  size: [12, 12],
  steps: 8,
  seed: 5,
  recipe: { ...presets.glassbox, transforms: { ...rough, lastJitter: 2 } },
  ...extra,
});

async function last(steps: AsyncGenerator<OptimizationStep>): Promise<OptimizationStep> {
  let found: OptimizationStep | undefined;
  for await (const step of steps) found = step;
  return found!;
}

test("optimization raises the objective; equal seeds give equal results, other seeds do not", async () => {
  const objective = channel("second", 1);
  const whole = await last(optimizeImages(renderJob([objective], { steps: 40 })));
  const [first] = [(await optimizeImages(renderJob([objective])).next()).value as OptimizationStep];
  assert.ok(whole.scores[0]! > first.scores[0]! + 0.01, `${first.scores[0]} to ${whole.scores[0]}`);
  assert.deepEqual((await last(optimizeImages(renderJob([objective], { steps: 40 })))).parameters, whole.parameters);
  assert.notDeepEqual(
    (await last(optimizeImages(renderJob([objective], { steps: 40, seed: 6 })))).parameters,
    whole.parameters,
  );
});

test("if every rectifier is inactive at the start, redirected gradients move the image in the first steps", async () => {
  // The bias of the first convolution makes every unit of its rectifier inactive.
  const network = smallNetwork(referenceRuntime, 12, -40);
  const moved = async (redirectSteps: number, steps: number): Promise<boolean[]> => {
    const recipe = { ...renderJob([]).recipe, redirectSteps };
    const seen: Float32Array[] = [];
    for await (const { parameters } of optimizeImages(renderJob([channel("second", 1)], { network, recipe, steps })))
      seen.push(parameters);
    return seen.slice(1).map((parameters, i) => parameters.some((value, k) => value !== seen[i]![k]));
  };
  assert.deepEqual(await moved(0, 3), [false, false, false], "no gradient passes");
  assert.deepEqual((await moved(3, 5)).slice(0, 3), [true, true, true]);
});

test("a paused and resumed optimization gives the same numbers to the last bit", async () => {
  const objective = channel("second", 1);
  const whole = await last(optimizeImages(renderJob([objective])));
  let paused: OptimizationStep | undefined;
  for await (const step of optimizeImages(renderJob([objective]))) {
    paused = step;
    if (step.step === 3) break;
  }
  assert.deepEqual(
    (await last(optimizeImages(renderJob([objective]), structuredClone(paused)))).parameters,
    whole.parameters,
  );
});

test("an image is the same alone and in a batch, whatever the other images are", async () => {
  const alone = await last(optimizeImages(renderJob([channel("second", 1)])));
  const together = await last(
    optimizeImages({ ...renderJob([channel("second", 1), channel("second", 4)]), ordinals: [0, 0] }),
  );
  near(together.parameters.subarray(0, alone.parameters.length), [...alone.parameters], 1e-5);
});

test("an objective over several sites and positions is the sum of its terms", async () => {
  const terms = [
    channel("second", 2),
    times(channel("first", 1), -3),
    neuron("second", 4, 1, 0),
    times(neuron("second", 4), 2),
    logit(3),
    times(layer("first"), 0.5),
  ];
  const image = float32([1, 3, 12, 12], new Random(8).normals(432));
  const network = smallNetwork(referenceRuntime, 12);
  const whole = await scoreInput(network, terms.reduce(plus), image);
  let sum = 0;
  for (const term of terms) sum += await scoreInput(network, term, image);
  assert.ok(Math.abs(whole - sum) < 1e-6, `${whole} is not ${sum}`);
});

test("diversity makes images differ", async () => {
  const recipe = renderJob([]).recipe;
  const optimized = async (objective: Objective): Promise<OptimizationStep> =>
    last(optimizeImages({ ...renderJob([objective, objective], { steps: 30, recipe }), ordinals: [0, 1] }));
  const score = (step: OptimizationStep, weight: number): number =>
    -step.scores.reduce((sum, value) => sum + value, 0) / step.scores.length / weight;
  // With weight 1, the objective is the similarity.
  const apart = await last(
    optimizeImages({
      ...renderJob([times(diversity("first"), -1), times(diversity("first"), -1)], { steps: 30 }),
      ordinals: [0, 1],
    }),
  );
  const start = (
    await optimizeImages({
      ...renderJob([times(diversity("first"), -1), times(diversity("first"), -1)]),
      ordinals: [0, 1],
    }).next()
  ).value as OptimizationStep;
  assert.ok(score(apart, 1) < score(start, 1) - 0.02, `${score(start, 1)} to ${score(apart, 1)}`);
  assert.ok((await optimized(minus(channel("second", 1), times(diversity(), 0.1)))).scores.every(Number.isFinite));
});

test("a unit's slopes equal differences of the logits, and its ablation gives the logits without it", async () => {
  const network = smallNetwork(referenceRuntime, 12);
  const unit = { network, site: "second", channel: 2 };
  const input = float32([1, 3, 12, 12], new Random(9).normals(432));
  const activation = await activationAt(unit, input);
  const slopes = await logitSlopes(unit, input, activation);
  const positions = sizeOf(activation.shape.slice(2));
  const raised = async (by: number): Promise<Float64Array> => {
    const values = Float64Array.from(toFloat64(activation));
    for (let i = 2 * positions; i < 3 * positions; i++) values[i] = values[i]! + by;
    return logitsWithout({ ...unit, channel: 0 }, input, { ...activation, dtype: "float64", data: values });
  };
  const [up, down] = [await raised(1e-2), await raised(-1e-2)];
  near(
    slopes,
    [...up].map((value, k) => (value - down[k]!) / 2e-2),
    1e-4,
  );
  assert.deepEqual((await logitsWithout(unit, input, activation)).length, 5);
  assert.ok(Math.abs((await last(optimizeImages(renderJob([logit(3)], { network, steps: 2 })))).scores[0]!) < 10);
  assert.notEqual(randomFor(1, 0, 0).uint32(), randomFor(1, 0, 1).uint32());
});
