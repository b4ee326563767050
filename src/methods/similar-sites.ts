import type { Site } from "../graph/graph.ts";
import { nearest } from "../tensor/nearest.ts";

/** A sentence with the site that a typo meant; else those that share the longest prefix with the name. */
export function similarSites(name: string, sites: readonly Site[]): string {
  const names = sites.map((site) => site.name);
  const meant = nearest(name, names);
  if (meant !== undefined) return `Did you mean ${meant}? `;
  const shared = (other: string): number => {
    const differs = [...other].findIndex((letter, i) => letter !== name[i]);
    return differs < 0 ? other.length : differs;
  };
  const best = names.sort((a, b) => shared(b) - shared(a)).slice(0, 3);
  return best.length ? `Similar names: ${best.join(", ")}. ` : "";
}
