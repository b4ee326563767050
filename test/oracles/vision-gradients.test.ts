/**
 * Whole models against PyTorch in float64 (`vision-gradients.py`): the float64 reference to 1e-8, and ONNX Runtime in float32 against that reference.
 * A rounding error may flip a ReLU, ReLU6 or pooling decision, here as in PyTorch, and neither is wrong then.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gaussLegendre } from "../../src/methods/attribution/quadrature.ts";
import { gradientName, scoreName } from "../../src/methods/gradient-graph.ts";
import { agreement, type MapSummary } from "./map-summary.ts";
import { VisionGradients } from "./vision-gradients.ts";
import { visionFile, visionInput, visionModels, visionOracle, type VisionOracle } from "./vision-oracle.ts";

const tolerance = 1e-8;

for (const name of visionModels) {
  const oracle = visionOracle(name);
  const { file, skip } = visionFile(oracle);
  const gradients = new VisionGradients(file, oracle);
  after(() => gradients.release());

  for (const example of oracle.cases) {
    test(
      `${name}, ${example.image}: logits, gradient, gradient × input and Grad-CAM are PyTorch's to 1e-8`,
      { skip },
      () => {
        const x = visionInput(oracle, example);
        assert.ok(agreement(x, example.input, oracle.signSeed).relativeL2 < 1e-14, "the input is the oracle's");
        const found = gradients.exact(x, example);

        const logits = found.get(oracle.logits)!;
        const scale = Math.max(...example.top5.map(({ logit }) => Math.abs(logit)));
        for (const { index, logit } of example.top5)
          assert.ok(Math.abs(logits[index]! - logit) <= tolerance * scale, `logit ${index}`);
        assert.equal(found.get(scoreName)![0], logits[example.target]);

        const gradient = found.get(gradientName(oracle.inputName))!;
        close("gradient", gradient, example.gradient, oracle);
        close(
          "gradient × input",
          gradient.map((slope, i) => slope * x[i]!),
          example.gradientTimesInput,
          oracle,
        );
        for (const { site, values } of example.gradCam) {
          const map = gradCam(found.get(gradientName(site))!, found.get(site)!, values.length);
          const most = Math.max(...values.map(Math.abs));
          values.forEach((value, i) =>
            assert.ok(
              Math.abs(map[i]! - value) <= tolerance * most,
              `Grad-CAM at ${site}, cell ${i}: ${map[i]}, not ${value}`,
            ),
          );
        }
      },
    );

    test(
      `${name}, ${example.image}: float32 gradient and gradient × input are within 1e-2, and within 1e-4 where no decision flipped`,
      { skip },
      async (t) => {
        const x = visionInput(oracle, example);
        const { single, exact, flipped } = await gradients.both(x, example);
        const timesInput = (slopes: Float64Array): Float64Array => slopes.map((slope, i) => slope * x[i]!);
        for (const [what, off] of [
          ["gradient", relativeL2(single, exact)],
          ["gradient × input", relativeL2(timesInput(single), timesInput(exact))],
        ] as const) {
          t.diagnostic(
            `${what}: relative L2 ${off.toExponential(2)} with ${flipped} decisions flipped (PyTorch's float32: ${example.float32.gradientRelativeL2.toExponential(2)} with ${example.float32.flippedDecisions})`,
          );
          assert.ok(off <= roundingTolerance(flipped), `${what}: ${off} with ${flipped} flipped`);
        }
      },
    );
  }

  const all = process.env["GLASSBOX_SLOW_TESTS"] !== undefined;
  const slow = all ? false : "a minute for each model; set GLASSBOX_SLOW_TESTS=1";
  test(
    `${name}: integrated gradients with 50 Gauss–Legendre points are PyTorch's to 1e-8`,
    { skip: skip || slow },
    () => {
      const example = oracle.cases[0]!;
      const x = visionInput(oracle, example);
      const { nodes, weights } = gaussLegendre(example.integratedGradients.steps);
      const map = new Float64Array(x.length);
      nodes.forEach((alpha, k) => {
        const scaled = Float64Array.from(x, (value) => alpha * value);
        const slope = gradients.exact(scaled, example).get(gradientName(oracle.inputName))!;
        for (let i = 0; i < map.length; i++) map[i]! += weights[k]! * slope[i]! * x[i]!;
      });
      close("integrated gradients", map, example.integratedGradients, oracle);
    },
  );

  test(
    `${name}: float32 integrated gradients with 50 Gauss–Legendre points are within 1e-2 of PyTorch's in float64, and each point within 1e-4 where no decision flipped`,
    { skip },
    async (t) => {
      const example = oracle.cases[0]!;
      const x = visionInput(oracle, example);
      const { nodes, weights } = gaussLegendre(example.integratedGradients.steps);
      const map = new Float64Array(x.length);
      let unflipped = 0;
      let flips = 0;
      let compared = 0;
      for (const [k, alpha] of nodes.entries()) {
        const scaled = x.map((value) => alpha * value);
        // The float64 reference takes seconds a point: two of them tell enough, unless all are asked for.
        const both = all || k % 25 === 12 ? await gradients.both(scaled, example) : undefined;
        const slopes = both?.single ?? (await gradients.single(scaled, example));
        slopes.forEach((slope, i) => (map[i]! += weights[k]! * slope * x[i]!));
        if (!both) continue;
        const off = relativeL2(slopes, both.exact);
        compared += 1;
        flips += both.flipped;
        unflipped += Number(both.flipped === 0);
        assert.ok(off <= roundingTolerance(both.flipped), `point ${k + 1}: ${off} with ${both.flipped} flipped`);
      }
      const { relativeL2: off } = agreement(map, example.integratedGradients, oracle.signSeed);
      t.diagnostic(
        `relative L2, estimated from the projections: ${off.toExponential(2)}; of ${compared} points compared, ${unflipped} without a flipped decision, ${flips} flips in all`,
      );
      assert.ok(off <= roundingTolerance(compared === nodes.length ? flips : 1), `${off}`);
    },
  );
}

/** Relative L2 norm: rounding alone where every decision fell alike, a few other pieces of the function where one did not. */
const roundingTolerance = (flipped: number): number => (flipped === 0 ? 1e-4 : 1e-2);

const norm = (values: Float64Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
const relativeL2 = (found: Float64Array, exact: Float64Array): number =>
  norm(found.map((value, i) => value - exact[i]!)) / norm(exact);

function close(what: string, map: Float64Array, summary: MapSummary, { signSeed }: VisionOracle): void {
  const { largest, relativeL2 } = agreement(map, summary, signSeed);
  assert.ok(
    largest <= tolerance && relativeL2 <= tolerance,
    `${what} is off by ${largest} of its largest value, ${relativeL2} in norm`,
  );
}

/** Each channel's map, weighed by the mean of its gradient. */
function gradCam(gradient: Float64Array, activation: Float64Array, area: number): Float64Array {
  const map = new Float64Array(area);
  for (let at = 0; at < activation.length; at += area) {
    const weight = gradient.subarray(at, at + area).reduce((sum, slope) => sum + slope, 0) / area;
    for (let i = 0; i < area; i++) map[i]! += weight * activation[at + i]!;
  }
  return map;
}
