import type { CancellationToken } from "vscode-languageserver";
import type { NetworkCard, SiteCard } from "../protocol/model.ts";
import type { EngineFacts } from "./engine-facts.ts";
import { thumbnailWords, siteWords, statisticsWords, unitLink, unitWords } from "./words.ts";

/** A site's shape with named axes, and its statistics on photographs once they are available. */
export async function siteHover(
  model: NetworkCard,
  site: SiteCard,
  facts: EngineFacts,
  token: CancellationToken,
): Promise<string> {
  const statistics = await facts.statistics(model.path, token);
  const found = statistics?.sites.find((each) => each.site === site.name);
  return [
    siteWords(site, model),
    ...(statistics && found ? [statisticsWords(found, statistics.photographs.length, model.path)] : []),
  ].join("\n\n");
}

/** The picture that maximizes a unit, its statistics on photographs, and other facts. */
export async function unitHover(
  model: NetworkCard,
  site: SiteCard,
  index: number,
  facts: EngineFacts,
  token: CancellationToken,
  words: string = unitWords(site, index, model),
): Promise<string> {
  const thumbnail = await facts.thumbnail(model.path, site.name, index, token);
  // The link comes first, so that it is visible without scrolling.
  return [
    thumbnailWords(thumbnail, index),
    unitLink("What does this unit look for?", model.path, site.name, index),
    words,
  ].join("\n\n");
}
