import { countsOf } from "../../methods/probing/chart.ts";
import { defaultSites } from "../../methods/probing/default-sites.ts";
import type { DataCard, DataParams } from "../../protocol/probing.ts";
import type { EngineServices } from "../services.ts";

/** The card of a dataset, and the sites of a model that are probed by default. */
export async function dataCard(services: EngineServices, { model, data }: DataParams): Promise<DataCard> {
  const { network } = await services.models.network(model);
  const { reference, title, description, hash, count, samples, labels } = services.dataset.open(data);
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  return {
    reference,
    title,
    description,
    sha256: hash,
    count,
    pictures: samples.kind === "pictures",
    labels: [...labels.values()].map(({ name, classes, values }) => ({
      name,
      classes,
      counts: countsOf(values, rows, classes.length),
    })),
    defaultSites: defaultSites(network).map(({ name }) => name),
  };
}
