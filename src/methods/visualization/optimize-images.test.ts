import assert from "node:assert/strict";
import { test } from "node:test";
import { near } from "../../../test/near.ts";
import { channel, diversity, logit, minus, times, type Objective } from "../../graph/objective.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { optimizeImages, type OptimizationStep, type RenderJob } from "./optimize-images.ts";
import { presets } from "./recipe.ts";
import { smallNetwork } from "./small-network.ts";
import { coding, rough } from "./small-recipe.ts";
import { randomFor } from "./transforms.ts";

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

test("a logit can be an objective; each step draws its own transforms", async () => {
  const network = smallNetwork(referenceRuntime, 12);
  assert.ok(Math.abs((await last(optimizeImages(renderJob([logit(3)], { network, steps: 2 })))).scores[0]!) < 10);
  assert.notEqual(randomFor(1, 0, 0).uint32(), randomFor(1, 0, 1).uint32());
});
