import { layoutOf } from "../../graph/axes/layout.ts";
import { typeOf } from "../../graph/graph.ts";
import { tap } from "../../graph/transform/tap.ts";
import type { ModelParams } from "../../protocol/engine.ts";
import type { ModelStatistics } from "../../protocol/site-statistics.ts";
import { portions } from "../../tensor/portions.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import type { OpenNetwork } from "../models/open-network.ts";
import { loadPhotographs, type Photograph } from "../photographs/load-photographs.ts";
import type { EngineServices } from "../services.ts";
import { version } from "../version.ts";
import { SiteSums } from "./site-sums.ts";

/** The number of values in memory at once. A pass traces as many sites as fit. */
const valuesPerPass = 2 ** 25;

/**
 * Statistics of every site of a model on the sample photographs. One pass per photograph yields all sites, and the
 * answer is cached. `null` if it was stopped.
 */
export async function statisticsOfSites(
  services: EngineServices,
  { model: file }: ModelParams,
  cancelled: () => boolean,
): Promise<ModelStatistics | null> {
  const model = await services.models.network(file);
  const { photographs } = await loadPhotographs(services, model, undefined, undefined);
  const question = [
    "site statistics",
    version,
    model.card.sha256,
    model.network.runtime.name,
    photographs.map(({ prepared }) => [prepared.sha256, prepared.preprocessing]),
  ];
  const known = services.parts.get(question) as ModelStatistics | undefined;
  if (known) return known;
  const sums = await sumsOf(model, photographs, cancelled);
  if (sums === undefined) return null;
  const found: ModelStatistics = {
    photographs: photographs.map(({ prepared }) => prepared.name),
    sites: sums.map(({ statistics }) => statistics),
  };
  services.parts.put(question, found);
  return found;
}

async function sumsOf(
  { network }: OpenNetwork,
  photographs: readonly Photograph[],
  cancelled: () => boolean,
): Promise<readonly SiteSums[] | undefined> {
  const { graph, runtime, source } = network;
  const found: SiteSums[] = [];
  for (const sites of portions(graph.sites, valuesPerPass, (site) => sizeOf(typeOf(graph, site.value).shape))) {
    // Not in the network's program cache, where it could evict a program that a panel uses.
    const program = await runtime.compile(
      tap(
        graph,
        sites.map(({ value }) => value),
      ),
      { effort: "light" },
    );
    try {
      const sums = sites.map(({ name, value }) => new SiteSums(name, layoutOf(graph, value)));
      for (const { tensor } of photographs) {
        if (cancelled()) return undefined;
        const values = await program.run(new Map([[source.input, tensor]]));
        for (const [i, { value }] of sites.entries()) sums[i]!.add(toFloat64(values.get(value)!));
      }
      found.push(...sums);
    } finally {
      await program.release();
    }
  }
  return found;
}
