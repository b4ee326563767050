import path from "node:path";
import { typeOf } from "../../graph/graph.ts";
import { tap } from "../../graph/transform/tap.ts";
import type { EngineSettings, ModelParams } from "../../protocol/engine.ts";
import type { ModelStatistics } from "../../protocol/site-statistics.ts";
import { portions } from "../../tensor/portions.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import type { LoadedInput } from "../inputs.ts";
import type { OpenModel, OpenModels } from "../models/open-network.ts";
import { version } from "../version.ts";
import { Store } from "../kept/disk-store.ts";
import type { VisualizationService } from "../visualization/visualization-service.ts";
import { SiteSums } from "./statistics.ts";

/** So many values are held at once; a pass has as many sites as fit. */
const valuesPerPass = 2 ** 25;

/** How every site of a model answers to the sample photographs: one pass a photograph has them all, and it is remembered. */
export class SiteService {
  readonly #models: OpenModels;
  readonly #visualizations: VisualizationService;
  readonly #known: Store<ModelStatistics>;

  constructor({ cacheFolder }: EngineSettings, models: OpenModels, visualizations: VisualizationService) {
    this.#models = models;
    this.#visualizations = visualizations;
    this.#known = new Store(path.join(cacheFolder, "sites"));
  }

  async statistics({ model: file }: ModelParams, cancelled: () => boolean): Promise<ModelStatistics | null> {
    const model = await this.#models.open(file);
    const { inputs } = await this.#visualizations.photographs(model, {});
    const question = [
      version,
      model.card.sha256,
      model.network.runtime.name,
      inputs.map(({ prepared }) => [prepared.sha256, prepared.preprocessing]),
    ];
    const known = this.#known.get(question);
    if (known) return known;
    const sums = await sumsOf(model, inputs, cancelled);
    if (sums === undefined) return null;
    const found = {
      photographs: inputs.map(({ prepared }) => prepared.name),
      sites: sums.map(({ statistics }) => statistics),
    };
    this.#known.put(question, found);
    return found;
  }
}

async function sumsOf(
  { network }: OpenModel,
  inputs: readonly LoadedInput[],
  cancelled: () => boolean,
): Promise<readonly SiteSums[] | undefined> {
  const { graph, runtime, source } = network;
  const found: SiteSums[] = [];
  for (const sites of portions(graph.sites, valuesPerPass, (site) => sizeOf(typeOf(graph, site.value).shape))) {
    // Not among the network's own programs: it would push out one that a panel works with.
    const program = await runtime.compile(
      tap(
        graph,
        sites.map(({ value }) => value),
      ),
      { effort: "light" },
    );
    try {
      const sums = sites.map(({ name, value }) => new SiteSums(name, typeOf(graph, value).shape));
      for (const { tensor } of inputs) {
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
