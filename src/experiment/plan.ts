import type { PlannedInput, TaskCard } from "../protocol/experiment.ts";
import type { AnalysisCard } from "../protocol/analysis-card.ts";
import type { OptionValues } from "../protocol/result.ts";
import { optionValuesOf, type Analysis, type Experiment } from "./experiment.ts";
import { siteOption } from "./site-option.ts";

export interface Task<Input extends PlannedInput = PlannedInput> extends TaskCard {
  readonly planned: Input;
}

/**
 * Every input with every analysis that takes its kind, inputs outermost. The order is the same on every machine, so
 * that two numbers identify a shard.
 */
export function plan(
  experiment: Experiment,
  inputs: readonly PlannedInput[],
  cards: readonly AnalysisCard[],
): readonly Task[] {
  const asked = experiment.analyses.flatMap((analysis) => {
    const card = cards.find(({ id }) => id === analysis.method.value);
    return variants(analysis, card).map((variant) => ({ ...variant, takes: card?.takes ?? "picture" }));
  });
  const stems = new Map<string, number>();
  return inputs
    .flatMap((planned) =>
      asked
        .filter(({ takes }) => takes === planned.subject.kind)
        .map(({ id, method, target, options }) => ({
          stem: unique(`${stemOf(planned)}.${cut(slug(id))}`, stems),
          input: planned.name,
          analysis: id,
          method,
          target,
          options,
          planned,
        })),
    )
    .map((task, index) => ({ index, ...task }));
}

interface Variant {
  readonly id: string;
  readonly method: string;
  readonly target: string | undefined;
  readonly options: OptionValues;
}

/**
 * An analysis of several sites is one analysis for each, `cam@blocks.3`; or one analysis of all sites, if the method
 * takes several.
 */
export function variants(analysis: Analysis, card: Pick<AnalysisCard, "options"> | undefined): readonly Variant[] {
  const one = {
    id: analysis.id,
    method: analysis.method.value,
    target: analysis.target?.value,
    options: optionValuesOf(analysis),
  };
  const option = card && siteOption(card);
  if (analysis.sites.length === 0 || option === undefined) return [one];
  const sites = analysis.sites.map(({ value }) => value);
  if (option.many) return [{ ...one, options: { ...one.options, [option.name]: sites.join(",") } }];
  return sites.map((site) => ({
    ...one,
    id: `${analysis.id}@${site}`,
    options: { ...one.options, [option.name]: site },
  }));
}

/** The tasks of one shard: every `count`-th, so that consecutive slow inputs are spread over the shards. */
export const shard = <T extends { readonly index: number }>(
  tasks: readonly T[],
  part: { readonly index: number; readonly count: number } | undefined,
): readonly T[] => (part === undefined ? tasks : tasks.filter(({ index }) => index % part.count === part.index));

/** File systems refuse longer file names. The table of results has the full name. */
const longestStem = 80;

/** A file name for each input, in the plan's order; equal on every machine and different for each input. */
export function inputStems(inputs: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Map<string, number>();
  return new Map([...new Set(inputs)].map((input) => [input, unique(cut(slug(input)), taken)]));
}

const stemOf = ({ subject: { kind }, name }: PlannedInput): string =>
  cut(slug(kind === "picture" ? stripEnding(shortName(name)) : name));

/** At most so many bytes, which is what file systems count; whole characters. */
function cut(text: string): string {
  let [kept, bytes] = ["", 0];
  for (const character of text) {
    bytes += new TextEncoder().encode(character).length;
    if (bytes > longestStem) break;
    kept += character;
  }
  return kept;
}

/** A file outside the experiment's folder has its base name, because its path differs between machines. */
const shortName = (name: string): string =>
  name.startsWith("..") || /^([/\\]|[A-Za-z]:)/.test(name) ? name.replace(/^.*[/\\]/, "") : name;

const stripEnding = (name: string): string => name.replace(/\.[^./]+$/, "");

/** Replaces characters that some file systems refuse. */
export const slug = (text: string): string =>
  text
    .replaceAll("/", "-")
    .replace(/[^\p{L}\p{N}._@-]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "") || "input";

function unique(stem: string, taken: Map<string, number>): string {
  // On some systems, names that differ only in case are the same file.
  const key = stem.toLowerCase();
  const before = taken.get(key) ?? 0;
  taken.set(key, before + 1);
  return before === 0 ? stem : unique(`${stem}-${before + 1}`, taken);
}
