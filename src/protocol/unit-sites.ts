import type { NetworkCard, SiteCard } from "./model.ts";

/** Sites whose units can be visualized: those with channels and spatial positions. */
export const unitSites = ({ sites }: Pick<NetworkCard, "sites">): readonly SiteCard[] =>
  sites.filter(({ shape }) => shape.length === 4 && (shape[1] ?? 0) > 1 && (shape[2] ?? 0) > 1);
