import type { Graph } from "../../graph/graph.ts";
import type { LanguageCard } from "../../protocol/language-model.ts";

const perToken: ReadonlySet<string> = new Set(["token", "query", "key"]);

/** The cards of a decoder's sites: without the batch axis, and for one token. */
export const siteCards = ({ sites, types }: Graph): LanguageCard["sites"] =>
  sites.map(({ name, value, axes, role }) => ({
    name,
    axes: axes.slice(1),
    shape: types
      .get(value)!
      .shape.slice(1)
      .map((extent, i) => (perToken.has(axes[i + 1]!) ? 1 : extent)),
    role,
  }));
