/** Whole models through the float64 reference against PyTorch in float64 (`vision-gradients.py`): 1e-8 relative. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { array64 } from "../../src/graph/array64.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { coreOperators } from "../../src/graph/ops/table.ts";
import { gaussLegendre } from "../../src/methods/attribution/quadrature.ts";
import { gradientGraph, gradientName, scoreName, seedName } from "../../src/methods/gradient-graph.ts";
import { agreement, type MapSummary } from "./map-summary.ts";
import {
  oneHot,
  visionFile,
  visionGraph,
  visionInput,
  visionModels,
  visionOracle,
  type VisionCase,
  type VisionOracle,
} from "./vision-oracle.ts";

const tolerance = 1e-8;

for (const name of visionModels) {
  const oracle = visionOracle(name);
  const { file, skip } = visionFile(oracle);

  for (const example of oracle.cases) {
    test(
      `${name}, ${example.image}: logits, gradient, gradient × input and Grad-CAM are PyTorch's to 1e-8`,
      { skip },
      () => {
        const x = visionInput(oracle, example);
        assert.ok(agreement(x, example.input, oracle.signSeed).relativeL2 < 1e-14, "the input is the oracle's");
        const sites = example.gradCam.map(({ site }) => site);
        const found = reference(file, oracle, example, sites)(Float64Array.from(x));

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
  }

  const slow = process.env["GLASSBOX_SLOW_TESTS"] ? false : "a minute for each model; set GLASSBOX_SLOW_TESTS=1";
  test(
    `${name}: integrated gradients with 50 Gauss–Legendre points are PyTorch's to 1e-8`,
    { skip: skip || slow },
    () => {
      const example = oracle.cases[0]!;
      const run = reference(file, oracle, example, []);
      const x = Float64Array.from(visionInput(oracle, example));
      const { nodes, weights } = gaussLegendre(example.integratedGradients.steps);
      const map = new Float64Array(x.length);
      nodes.forEach((alpha, k) => {
        const slope = run(x.map((value) => alpha * value)).get(gradientName(oracle.inputName))!;
        for (let i = 0; i < map.length; i++) map[i]! += weights[k]! * slope[i]! * x[i]!;
      });
      close("integrated gradients", map, example.integratedGradients, oracle);
    },
  );
}

/** The score, the logits, the input's gradient, and each site's value and gradient, as a function of the input. */
function reference(
  file: string,
  oracle: VisionOracle,
  example: VisionCase,
  sites: readonly string[],
): (x: Float64Array) => Map<string, Float64Array> {
  const graph = visionGraph(file);
  const { inputName, logits } = oracle;
  const program = gradientGraph(graph, { read: [logits], wrt: [inputName, ...sites], also: [logits, ...sites] });
  const seed = oneHot(graph, oracle, example);
  return (x) => {
    const feeds = new Map([
      [inputName, array64("float32", [1, 3, 224, 224], x)],
      [seedName(logits), array64("float32", seed.shape, seed.data)],
    ]);
    return new Map([...evaluate(program, feeds, coreOperators)].map(([value, { data }]) => [value, data]));
  };
}

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
