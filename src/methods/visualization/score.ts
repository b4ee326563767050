import { Builder } from "../../graph/builder.ts";
import type { Objective } from "../../graph/objective.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import { float32, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { Network } from "../network.ts";
import { readLayout } from "../site-layout.ts";
import { siteValuesOf, planOf, programKey, readShapes, type RenderJob } from "./optimize-images.ts";
import { canonicalOf, imageName, mapsName, objectiveName, outputSize, scoreGraph } from "./program.ts";
import { planReading, readingFeeds, readObjective } from "./readout.ts";
import { affineOf, still, type Placement } from "./transforms.ts";

/** The objective of one image, [1, channel, row, column] in [0, 1], for each placement. Cost: one forward pass per placement. */
export async function scoreUnder(
  renderJob: Omit<RenderJob, "objectives">,
  objective: Objective,
  image: Tensor,
  placements: readonly (Placement | undefined)[],
): Promise<number[]> {
  const { network, size } = renderJob;
  const recipe = { ...renderJob.recipe, transforms: still, totalVariation: 0, l2: 0 };
  const { plan } = planOf({ ...renderJob, objectives: [objective], recipe }, 1);
  const program = await network.program(programKey("score", plan, false), 1, (graph) => scoreGraph(graph, plan));
  const feeds = readingFeeds(plan.reading, [objective], readShapes(program, plan, network), siteValuesOf(network));
  const scores: number[] = [];
  for (const placement of placements) {
    const map = affineOf(
      placement ?? { shift: [0, 0], scale: 1, degrees: 0, lastShift: [0, 0] },
      size,
      outputSize(plan),
    );
    const fetched = await program.run(new Map([...feeds, [imageName, image], [mapsName, float32([1, 2, 3], map)]]));
    scores.push(toFloat64(fetched.get(objectiveName)!)[0]!);
  }
  return scores;
}

/** The objective of an input at the model's own size, e.g. of a photograph. */
export async function scoreInput(network: Network, objective: Objective, input: Tensor): Promise<number> {
  const siteValues = siteValuesOf(network);
  const reading = planReading(objective, siteValues);
  const program = await network.program(`score of inputs ${reading.key}`, 1, (graph) => {
    const b = Builder.extend(graph, coreOperators);
    b.origin = "visualization";
    const values = new Map(reading.readouts.map(({ value }) => [value, b.value(value)]));
    const score = readObjective(b, reading, canonicalOf(b, graph, values, reading));
    return prune(b.finish([b.apply("Identity", [score], {}, { names: [objectiveName] })]));
  });
  const layouts = new Map(
    reading.readouts.map(({ value }) => [value, readLayout(network.graph, value, network.source.logits)]),
  );
  const fetched = await program.run(
    new Map([...readingFeeds(reading, [objective], layouts, siteValues), [network.source.input, input]]),
  );
  return toFloat64(fetched.get(objectiveName)!)[0]!;
}
