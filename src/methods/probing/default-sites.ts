import type { Site, ValueName } from "../../graph/graph.ts";
import type { Network } from "../network.ts";

const defaultSiteCount = 9;

/** Default sites, spread evenly over the depth: among the activations if there are enough of them, else among all sites; then the logits. */
export function defaultSites({ graph, source }: Network): readonly Site[] {
  const upstream = graph.sites.filter(({ value }) => value !== source.logits && value !== source.input);
  const activations = upstream.filter(({ activation }) => activation);
  const among = distinct(activations.length >= defaultSiteCount ? activations : upstream);
  const count = Math.min(defaultSiteCount, among.length);
  const spread = Array.from(
    { length: count },
    (_, i) => among[count === 1 ? 0 : Math.round((i * (among.length - 1)) / (count - 1))]!,
  );
  const logits = graph.sites.find(({ value }) => value === source.logits);
  return logits ? [...spread, logits] : spread;
}

function distinct(sites: readonly Site[]): readonly Site[] {
  const seen = new Set<ValueName>();
  return sites.filter(({ value }) => !seen.has(value) && seen.add(value));
}
