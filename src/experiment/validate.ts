import { parseTarget } from "../graph/target.ts";
import type { Problem, Range } from "../protocol/experiment.ts";
import type { AnalysisCard, OptionCard, SubjectKind } from "../protocol/analysis-card.ts";
import type { ModelCard, NetworkCard, SiteCard } from "../protocol/model.ts";
import type { OptionValue } from "../protocol/result.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { nearestWords } from "../tensor/nearest.ts";
import type { Analysis, Experiment, InputEntry, Located } from "./experiment.ts";
import { variants } from "./plan.ts";
import { checkProbes, type Say } from "./probe-protocol.ts";
import { splitReading } from "./split-reading.ts";
import { siteOption } from "./site-option.ts";

/** A language model has no classes, and its sites no element type. */
export type ModelFacts = Pick<ModelCard, "name"> & {
  readonly classes?: NetworkCard["classes"];
  readonly sites: readonly Pick<SiteCard, "name" | "shape" | "axes" | "channels" | "grid">[];
};

/** Facts beyond the text. Checks that need a missing fact are skipped. */
export interface Facts {
  readonly model?: ModelFacts | undefined;
  /** The names of the inputs after patterns are resolved. */
  readonly inputs?: readonly string[] | undefined;
}

/** Everything that parsed but is wrong, checked against the methods' option tables and, if known, the model. */
export function validate(
  experiment: Experiment,
  cards: readonly AnalysisCard[],
  { model, inputs }: Facts = {},
): readonly Problem[] {
  const found: Problem[] = [];
  const say: Say = (code, message, range, instead = [], severity = "error") =>
    void found.push({ severity, code, message, range, instead });
  for (const analysis of experiment.analyses) checkAnalysis(analysis, cards, model, say);
  checkSubjects(experiment, cards, say);
  checkProbes(experiment, cards, say);
  checkClaims(experiment, cards, inputs, say);
  return found;
}

const didYouMean = (near: readonly string[], otherwise: string): string =>
  near.length ? ` Did you mean ${near.join(" or ")}?` : otherwise;

function checkAnalysis(
  analysis: Analysis,
  cards: readonly AnalysisCard[],
  model: ModelFacts | undefined,
  say: Say,
): void {
  const { method, target } = analysis;
  const card = cards.find(({ id }) => id === method.value);
  if (card === undefined) {
    const ids = cards.map(({ id }) => id);
    const near = nearestWords(method.value, ids);
    return say(
      "unknown-method",
      `There is no method ${method.value}.${didYouMean(near, ` The methods are: ${ids.join(", ")}.`)}`,
      method.range,
      near,
    );
  }
  for (const [name, option] of Object.entries(analysis.options)) checkOption(card, name, option, say);
  checkSites(analysis, card, model, say);
  if (target !== undefined && !card.needsTarget)
    say("no-target", `${card.title} explains no target; leave it out.`, target.range, [], "warning");
  if (target !== undefined && card.needsTarget && model !== undefined) checkTarget(target, model, say);
}

function checkOption(
  { title, options }: AnalysisCard,
  name: string,
  { value, key, range }: Located<OptionValue> & { readonly key: Range },
  say: Say,
): void {
  const option = options.find((each) => each.name === name);
  if (option === undefined) {
    const near = nearestWords(
      name,
      options.map((each) => each.name),
    );
    return say(
      "unknown-option",
      `${title} has no option ${name}.${didYouMean(near, ` Its options are: ${options.map((each) => each.name).join(", ") || "none"}.`)}`,
      key,
      near,
    );
  }
  const wrong = optionFault(option, value);
  if (wrong) say(wrong.code, `${name} is ${String(value)}. ${wrong.rule}`, range, wrong.instead);
}

function optionFault(
  { kind, minimum, maximum, whole, choices }: OptionCard,
  value: OptionValue,
): { readonly code: string; readonly rule: string; readonly instead: readonly string[] } | undefined {
  switch (kind) {
    case "number": {
      const least = minimum ?? -Infinity;
      const most = maximum ?? Infinity;
      const rule = `It must be ${whole ? "a whole number" : "a number"} from ${least} to ${most}.`;
      if (typeof value !== "number") return { code: "option-type", rule, instead: [] };
      if (value >= least && value <= most && (!whole || Number.isInteger(value))) return undefined;
      return {
        code: "out-of-range",
        rule,
        instead: [String(Math.min(most, Math.max(least, whole ? Math.round(value) : value)))],
      };
    }
    case "choice":
    case "analysis":
      return choices?.includes(String(value)) || (kind === "analysis" && value === "")
        ? undefined
        : {
            code: "unknown-choice",
            rule: `It must be one of: ${choices?.join(", ")}.`,
            instead: nearestWords(String(value), choices ?? []),
          };
    case "flag":
      return typeof value === "boolean"
        ? undefined
        : { code: "option-type", rule: "It must be true or false.", instead: ["true", "false"] };
    default:
      return undefined;
  }
}

function checkSites(analysis: Analysis, card: AnalysisCard, model: ModelFacts | undefined, say: Say): void {
  const option = siteOption(card);
  const first = analysis.sites[0];
  if (first !== undefined && option === undefined)
    say("no-sites", `${card.title} reads no site of your choice; leave \`sites\` out.`, first.range);
  const named = option && analysis.options[option.name];
  if (first !== undefined && named !== undefined)
    say("no-sites", `Name the site once: here, or in \`sites\`.`, named.key);
  const inOption =
    named && option && named.value !== ""
      ? (option.many ? String(named.value).split(",") : [String(named.value)]).map((value) => ({
          value: value.trim(),
          range: named.range,
        }))
      : [];
  const sites = [...analysis.sites, ...inOption];
  if (model === undefined || option === undefined) return;
  for (const { value, range } of sites) {
    const site = model.sites.find(({ name }) => name === value);
    if (site === undefined) say(...unknownSite(value, model, range));
    else if (option.needs === "grid" && site.grid === undefined) {
      say(
        "shape-mismatch",
        `${value} is [${site.shape.join(", ")}] (${site.axes.join(", ")}): ${card.title} needs a grid of rows and columns.`,
        range,
        gridsNear(value, model),
      );
    }
  }
}

const gridsNear = (name: string, { sites }: ModelFacts): readonly string[] =>
  nearestWords(
    name,
    sites.filter(({ grid }) => grid !== undefined).map((site) => site.name),
  );

function unknownSite(name: string, { sites, name: model }: ModelFacts, range: Range): Parameters<Say> {
  const near = nearestWords(
    name,
    sites.map((site) => site.name),
  );
  return [
    "unknown-site",
    `${model} has no site ${name}.${didYouMean(near, ` It has ${sites.length}; type to see them.`)}`,
    range,
    near,
  ];
}

/** A class by index or name, or an expression of logits and units. */
function checkTarget({ value, range }: Located<string>, model: ModelFacts, say: Say): void {
  const { classes, sites } = model;
  const beyond = (index: number): void => {
    if (classes !== undefined && index >= classes.count)
      say("out-of-range", `Class ${index} does not exist: ${model.name} has ${classes.count}, counted from 0.`, range, [
        String(classes.count - 1),
      ]);
  };
  // A class may be read at a place: `cat@own`, `cat@3,4`.
  const word = value.replace(/@(?:own|[\d,]+)$/, "");
  if (/^\d+$/.test(word)) return beyond(Number(word));
  if (classes?.names?.some((name) => name.toLowerCase() === word.toLowerCase())) return;
  if (!/^-?score$/.test(word) && /^[\p{L}\s'-]+$/u.test(word)) {
    const near = nearestWords(word, classes?.names ?? []);
    return say("unknown-class", `${model.name} has no class named ${word}.${didYouMean(near, "")}`, range, near);
  }
  try {
    for (const term of parseTarget(value).terms) {
      if (term.kind === "logit" || term.kind === "probability") beyond(term.index);
      else if (term.kind === "unit") {
        const site = sites.find(({ name }) => name === term.site);
        if (site === undefined) {
          const [code, message, siteRange, near] = unknownSite(term.site, model, range);
          say(
            code,
            message,
            siteRange,
            near?.map((each) => value.replace(term.site, each)),
          );
        } else if (site.channels === undefined) {
          say("shape-mismatch", `What the axes of ${term.site} mean is not known, so it has no units.`, range);
        } else if (term.index >= site.channels) {
          say(
            "out-of-range",
            `${term.site} has ${site.channels} channels, counted from 0; there is no ${term.index}.`,
            range,
            [value.replace(`:${term.index}`, `:${site.channels - 1}`)],
          );
        }
      }
    }
  } catch (error) {
    if (!(error instanceof GlassboxError)) throw error;
    say("target", `${error.what}. ${error.hint ?? ""}`.trim(), range);
  }
}

const subjects: Readonly<Record<SubjectKind, string>> = {
  picture: "pictures or tensors: `- photos/*.png`",
  data: "labelled data: `- { data: procedural, label: shape }`",
  unit: "units: `- unit: blocks.5:20`",
  prompt: "prompts: `- prompt: The capital of France is`",
};

const subjectOf = ({ kind }: InputEntry): SubjectKind =>
  kind === "data" || kind === "unit" || kind === "prompt" ? kind : "picture";

/** Checks that every analysis has inputs of its kind, and every input has an analysis. */
function checkSubjects({ analyses, inputs }: Experiment, cards: readonly AnalysisCard[], say: Say): void {
  const given = new Set(inputs.map(subjectOf));
  const asked = analyses.flatMap(({ method }) => cards.find(({ id }) => id === method.value) ?? []);
  for (const { method } of analyses) {
    const card = cards.find(({ id }) => id === method.value);
    if (card !== undefined && inputs.length > 0 && !given.has(card.takes))
      say(
        "no-input",
        `${card.title} is asked of ${subjects[card.takes]}. There is none among the inputs.`,
        method.range,
      );
  }
  if (asked.length < analyses.length) return;
  for (const entry of inputs) {
    if (analyses.length > 0 && !asked.some(({ takes }) => takes === subjectOf(entry)))
      say(
        "no-analysis",
        `No analysis here takes this input. These take ${[...new Set(asked.map(({ takes }) => subjects[takes]))].join("; ")}.`,
        entry.stated.range,
      );
  }
}

/** The names that claims may refer to: analyses, and each of their sites. */
export function analysisNames({ analyses }: Experiment, cards: readonly AnalysisCard[]): readonly string[] {
  const variantsOf = (analysis: Analysis) =>
    variants(
      analysis,
      cards.find(({ id }) => id === analysis.method.value),
    );
  return [...new Set(analyses.flatMap((analysis) => [analysis.id, ...variantsOf(analysis).map(({ id }) => id)]))];
}

function checkClaims(
  experiment: Experiment,
  cards: readonly AnalysisCard[],
  inputs: readonly string[] | undefined,
  say: Say,
): void {
  const names = analysisNames(experiment, cards);
  for (const { reading, on, comparison } of experiment.claims) {
    if (splitReading(reading.value, names) === undefined) {
      const [head = ""] = reading.value.split(".");
      const near = nearestWords(head, names);
      const rest = reading.value.slice(head.length);
      const why = names.includes(reading.value)
        ? `Say what is read of ${reading.value}: ${reading.value}.certificate…, or ${reading.value}.share(mask).`
        : `No analysis is called ${head}.${didYouMean(near, ` There are: ${names.join(", ") || "none"}.`)}`;
      say("unknown-analysis", why, reading.range, names.includes(reading.value) ? [] : near.map((each) => each + rest));
    }
    if (on !== undefined && inputs !== undefined && !inputs.includes(on.value)) {
      const near = nearestWords(on.value, inputs);
      say(
        "unknown-input",
        `No input is called ${on.value}.${didYouMean(near, ` There are ${inputs.length}.`)}`,
        on.range,
        near,
      );
    }
    if ("expected" in comparison && !["is", "isNot"].includes(comparison.kind)) {
      const { value, range } = comparison.expected;
      if (typeof value === "string" && splitReading(value, names) === undefined)
        say("comparison", `${value} is neither a number nor a reading of an analysis.`, range);
    }
  }
}
