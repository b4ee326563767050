import type { NetworkCard, SiteCard } from "./model.ts";

/** Sites whose units can be visualized: those with channels at several positions. */
export const unitSites = ({ sites }: Pick<NetworkCard, "sites">): readonly SiteCard[] =>
  sites.filter(({ channels = 0, positions = 0 }) => channels > 1 && positions > 1);

/** Whether a site's positions are the rows and columns of the picture. */
export const isGrid = ({ grid }: Pick<SiteCard, "grid">): boolean => grid !== undefined;
