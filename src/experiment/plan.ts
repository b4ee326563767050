import type { TaskCard } from "../protocol/experiment.ts";
import type { OptionValues } from "../protocol/result.ts";
import { optionValuesOf, type Analysis, type Experiment } from "./experiment.ts";

/** An input once patterns and folders are resolved. */
export interface PlannedInput {
  /** As claims and reports call it: its path relative to the experiment's folder, with forward slashes. */
  readonly name: string;
  readonly path: string;
  readonly mask: string | undefined;
}

export interface Task extends TaskCard {
  readonly planned: PlannedInput;
}

/**
 * Every input through every analysis, inputs outermost: one order on every machine, so that a part of
 * it can be named by two numbers.
 */
export function plan(experiment: Experiment, inputs: readonly PlannedInput[], siteOptionOf: (method: string) => string | undefined): readonly Task[] {
  const asked = experiment.analyses.flatMap((analysis) => variants(analysis, siteOptionOf(analysis.method.value)));
  const stems = new Map<string, number>();
  return inputs.flatMap((planned) =>
    asked.map(({ id, method, target, options }) => ({ stem: unique(`${slug(stripEnding(shortName(planned.name)))}.${slug(id)}`, stems), input: planned.name, analysis: id, method, target, options, planned })),
  ).map((task, index) => ({ index, ...task }));
}

interface Variant {
  readonly id: string;
  readonly method: string;
  readonly target: string | undefined;
  readonly options: OptionValues;
}

/** An analysis of several sites is one analysis for each: `cam@blocks.3`. */
export function variants(analysis: Analysis, siteOption: string | undefined): readonly Variant[] {
  const one = { id: analysis.id, method: analysis.method.value, target: analysis.target?.value, options: optionValuesOf(analysis) };
  if (analysis.sites.length === 0 || siteOption === undefined) return [one];
  return analysis.sites.map(({ value }) => ({ ...one, id: `${analysis.id}@${value}`, options: { ...one.options, [siteOption]: value } }));
}

/** The tasks of one part: every `count`-th, so that slow inputs in a row are spread over the parts. */
export const shard = <T extends { readonly index: number }>(tasks: readonly T[], part: { readonly index: number; readonly count: number } | undefined): readonly T[] =>
  part === undefined ? tasks : tasks.filter(({ index }) => index % part.count === part.index);

/** A file elsewhere is called by its own name: the way there differs between machines. */
const shortName = (name: string): string => (name.startsWith("..") || /^([/\\]|[A-Za-z]:)/.test(name) ? name.replace(/^.*[/\\]/, "") : name);

const stripEnding = (name: string): string => name.replace(/\.[^./]+$/, "");

/** Letters that every file system takes. */
export const slug = (text: string): string => text.replaceAll("/", "-").replace(/[^\p{L}\p{N}._@-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "") || "input";

function unique(stem: string, taken: Map<string, number>): string {
  // Two names that differ in case only are one file on some systems.
  const key = stem.toLowerCase();
  const before = taken.get(key) ?? 0;
  taken.set(key, before + 1);
  return before === 0 ? stem : unique(`${stem}-${before + 1}`, taken);
}
