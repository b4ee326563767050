import type { UnitThumbnail } from "../protocol/unit-thumbnail.ts";
import type { AnalysisCard, OptionCard } from "../protocol/analysis-card.ts";
import type { LanguageOutline } from "../protocol/language-model.ts";
import type { NetworkCard, SiteCard } from "../protocol/model.ts";
import type { SiteStatistics } from "../protocol/site-statistics.ts";
import { code, commandLink, plain } from "./markdown.ts";

/** Facts as Markdown for hovers and completions. What a file says passes `plain` or `code`. */

export function methodWords({ title, formula, summary, cost, paper, options }: AnalysisCard): string {
  const lines = [`**${title}**`, "", summary, "", `Cost: ${cost}.`];
  if (formula) lines.splice(3, 0, "", formula);
  if (paper) lines.push("", `${paper.authors} ${paper.year}, [${paper.title}](${paper.link})`);
  if (options.length)
    lines.push("", ...options.map((option) => `- ${code(option.name)}: ${option.label}, ${limits(option)}`));
  return lines.join("\n");
}

export const optionWords = (option: OptionCard): string =>
  `**${option.label}**\n\n${option.description}\n\n${limits(option)}`;

export function limits({ kind, fallback, minimum, maximum, whole, choices }: OptionCard): string {
  const shown = fallback === "" ? "chosen by the method" : String(fallback);
  if (kind === "number") return `${whole ? "whole, " : ""}from ${minimum} to ${maximum}; default ${shown}`;
  return `${choices ? `one of ${choices.join(", ")}; ` : ""}default ${shown}`;
}

/** `channel 80 × row 14 × column 14`: a shape says more with the names of its axes. */
export const shapeWords = ({ shape, axes }: Pick<SiteCard, "shape" | "axes">): string =>
  shape.map((extent, i) => (axes[i] ? `${axes[i]} ${extent}` : String(extent))).join(" × ");

export function siteWords(site: SiteCard, model: NetworkCard): string {
  const { name, dtype, shape, role } = site;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const at = model.sites.findIndex((each) => each.name === name) + 1;
  return [
    `**${code(name)}**${role ? ` ${plain(role)}` : ""}`,
    "",
    shapeWords(site),
    "",
    `${dtype}[${shape.join(", ")}], ${size.toLocaleString("en")} values, site ${at} of ${model.sites.length} in ${code(model.name)}`,
  ].join("\n");
}

export function unitWords(site: SiteCard, index: number, model: NetworkCard): string {
  const { channels, positions = 1 } = site;
  if (channels === undefined)
    return `What the axes of ${code(site.name)} mean is not known, so it has no units.\n\n${siteWords(site, model)}`;
  const exists =
    index < channels
      ? `Unit ${index} of ${channels} of ${code(site.name)}, the mean over ${positions === 1 ? "its only position" : `${positions.toLocaleString("en")} positions`}.`
      : `${code(site.name)} has ${channels} units, counted from 0; there is no ${index}.`;
  return `${exists}\n\n${siteWords(site, model)}`;
}

/** The picture and the figures, once they are available. */
export function thumbnailWords(thumbnail: UnitThumbnail | undefined, index: number): string {
  if (thumbnail === undefined) return "The picture that maximizes it is being computed: point here again in a moment.";
  const { png, activation, mean, aboveZero } = thumbnail;
  const facts = `On it ${activation.toPrecision(3)}; on photographs ${mean.toPrecision(3)} on average, above 0 at ${Math.round(100 * aboveZero)} % of the positions.`;
  return png
    ? `![The picture that drives unit ${index} most](data:image/png;base64,${png}|width=144,height=144)\n\n${facts}`
    : facts;
}

export function modelWords(model: NetworkCard): string {
  const { name, format, producer, parameters, classes, inputs, outputs, sites, bytes } = model;
  const port = (each: NetworkCard["inputs"][number]): string =>
    `${code(each.name)} ${each.dtype}[${each.shape.map(plain).join(", ")}]`;
  return [
    `**${code(name)}** ${plain(format)}${producer ? `, ${plain(producer)}` : ""}`,
    "",
    `${parameters.toLocaleString("en")} parameters, ${(bytes / 2 ** 20).toFixed(1)} MB, ${sites.length} sites${classes ? `, ${classes.count} classes` : ""}`,
    "",
    `Input ${inputs.map(port).join(", ")}; output ${outputs.map(port).join(", ")}`,
  ].join("\n");
}

/** A site's statistics on photographs, and its strongest units, each with a link to the unit panel. */
export function statisticsWords(
  { site, mean, deviation, least, greatest, aboveZero, strongest }: SiteStatistics,
  photographs: number,
  model: string,
): string {
  const figures = `On ${photographs} photographs: mean ${figure(mean)}, deviation ${figure(deviation)}, from ${figure(least)} to ${figure(greatest)}, above 0 at ${Math.round(100 * aboveZero)} % of its values.`;
  const units = strongest.map(
    ({ channel, mean: own }) => `${unitLink(String(channel), model, site, channel)} (${figure(own)})`,
  );
  return units.length ? `${figures} Highest on average: units ${units.join(", ")}.` : figures;
}

const figure = (value: number): string =>
  (value === 0 ? "0" : Number(value.toPrecision(3)).toString()).replace("-", "−");

const perToken: ReadonlySet<string> = new Set(["token", "query", "key"]);

type LanguageSite = LanguageOutline["sites"][number];

/** `head 9 × query × key`: how many tokens there are is the prompt's matter. */
export const languageShapeWords = ({ shape, axes }: LanguageSite): string =>
  axes.map((axis, i) => (perToken.has(axis) ? axis : `${axis} ${shape[i]}`)).join(" × ");

export function languageSiteWords(site: LanguageSite, model: LanguageOutline): string {
  const { name, role } = site;
  const at = model.sites.findIndex((each) => each.name === name) + 1;
  return [
    `**${code(name)}**${role ? ` ${plain(role)}` : ""}`,
    "",
    languageShapeWords(site),
    "",
    `site ${at} of ${model.sites.length} in ${code(model.name)}`,
  ].join("\n");
}

export function languageModelWords({
  name,
  format,
  family,
  parameters,
  layers,
  heads,
  width,
  vocabulary,
  context,
  sites,
}: LanguageOutline): string {
  return [
    `**${code(name)}** ${format === "gguf" ? "GGUF" : "safetensors"}, ${plain(family)}`,
    "",
    `${parameters.toLocaleString("en")} parameters, ${layers} layers of ${heads} heads, width ${width}, ${vocabulary.toLocaleString("en")} words, context ${context.toLocaleString("en")}, ${sites.length} sites`,
  ].join("\n");
}

export const explainLink = (model: string): string => commandLink("Explain a prediction", "explainFile", model);
export const workbenchLink = (model: string): string =>
  commandLink("Open in the text workbench", "openTextFile", model);
export const unitLink = (words: string, model: string, site: string, channel: number): string =>
  commandLink(words, "visualizeUnit", { model, site, channel });
