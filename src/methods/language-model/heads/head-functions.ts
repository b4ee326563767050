import type { Check } from "../../../protocol/result.ts";
import type { Table } from "../../../protocol/generic-answers.ts";
import { analysis } from "../../analysis.ts";
import { amount, count, seed } from "../../option.ts";
import { summarizeHeads, patternSite } from "../attention-patterns.ts";
import { patternCheck } from "../components.ts";
import { inductionScore } from "../induction.ts";
import type { Trace } from "../language-model.ts";
import { traceLayer } from "../traced-layer.ts";
import type { HeadName } from "./ablated-heads.ts";
import { mostRuns, scoreHeads, type ScoredHead, type SkillTest } from "./head-evidence.ts";
import { duplicateScore } from "./position-scores.ts";
import { repeatedPrompts } from "./repeated-prompts.ts";

const columns = [
  "head",
  "role",
  "previous",
  "duplicate",
  "induction",
  "induction, lag − 1",
  "same lag, nothing repeated",
  "induction without previous-token heads",
  "fixed lag",
  "weight at fixed lag",
  "first",
  "self",
  "previous in prompt",
  "duplicate in prompt",
  "induction in prompt",
];

/** Heads by what they attend to, over random repeated tokens and the prompt, with the controls of each score. */
export const headFunctions = analysis("head-functions", {
  family: "language-model",
  title: "Heads by function",
  summary:
    "Which heads attend to the previous token, to duplicates, by induction, to the first token or to themselves, with controls.",
  cost: `up to ${mostRuns} forward passes for each random sequence`,
  paper: {
    title: "In-context Learning and Induction Heads",
    authors: "Olsson et al.",
    year: 2022,
    link: "https://transformer-circuits.pub/2022/in-context-learning-and-induction-heads/index.html",
  },
  takes: "prompt",
  gives: "table",
  needsTarget: false,
  options: {
    sequences: count(8, 2, 256, {
      label: "Sequences",
      description: "Number of random sequences. Each has another period, from 8 to 24 tokens.",
    }),
    threshold: amount(0.4, 0.01, 1, {
      label: "Threshold",
      description: "The mean attention from which a head is called by a role.",
    }),
    seed: seed(),
  },
  async *run(context) {
    const { model, vocabulary, ids, options, cancelled } = context;
    const { vocabulary: size, context: longest, layers, heads: perLayer } = model.decoder;
    const prompts = repeatedPrompts({
      vocabulary: Math.min(size, vocabulary.size),
      context: longest,
      start: ids[0]!,
      excluded: vocabulary.ends,
      count: options.sequences,
      seed: options.seed,
    });
    const inPrompt: (readonly (number | string)[])[] = [];
    let worst: Check | undefined;
    for (let layer = 0; layer < layers; layer++) {
      const trace = await traceLayer(context, layer, []);
      const check = patternCheck([trace.get(patternSite(layer))]);
      if (worst === undefined || check.numbers["error"]! > worst.numbers["error"]!) worst = check;
      inPrompt.push(...promptScores(trace, layer, ids));
    }
    const total = prompts.length * (mostRuns / 2);
    const scoring = scoreHeads(model, prompts, { threshold: options.threshold, seed: options.seed, cancelled });
    let done = 0;
    let step = await scoring.next();
    for (; !step.done; step = await scoring.next()) yield { progress: { done: ++done, total, note: step.value } };
    const { heads, previousTest, inductionTest } = step.value;
    const data: Table = {
      kind: "table",
      rowKind: "head",
      columns: columns.map((name) => ({ name, unit: "" })),
      rows: heads.map((head, i) => [...headRow(head), ...inPrompt[i]!]),
    };
    return {
      data,
      certificate: [
        ...(worst ? [worst] : []),
        rolesCheck(heads, perLayer),
        ...skillChecks("previous", "previous-token heads", previousTest),
        ...skillChecks("induction", "induction heads", inductionTest),
      ],
    };
  },
});

const nameOf = ({ layer, head }: HeadName): string => `${layer}.${head}`;

function headRow({ layer, head, role, evidence }: ScoredHead): readonly (string | number)[] {
  const { previous, duplicate, induction, shorter, unrepeated, fixedLag, first, self, withoutPrevious } = evidence;
  return [
    nameOf({ layer, head }),
    role,
    previous,
    duplicate,
    induction,
    shorter,
    unrepeated.induction,
    withoutPrevious ?? "",
    fixedLag.lag,
    fixedLag.weight,
    first,
    self,
  ];
}

/** Previous, duplicate and induction score of each head of a layer on the prompt; empty where no token is repeated. */
function promptScores(trace: Trace, layer: number, ids: readonly number[]): readonly (readonly (number | string)[])[] {
  const pattern = trace.get(patternSite(layer));
  return summarizeHeads(pattern, layer).map(({ head, previous }) => {
    const weights = (pattern.data as Float32Array).subarray(head * ids.length ** 2, (head + 1) * ids.length ** 2);
    return [previous, duplicateScore(weights, ids) ?? "", inductionScore(weights, ids) ?? ""];
  });
}

function rolesCheck(heads: readonly ScoredHead[], perLayer: number): Check {
  const proved = heads.filter(({ role }) => role === "induction");
  const unproved = heads.filter(({ role }) => role === "induction, unproved");
  const previous = heads.filter(({ role }) => role === "previous token");
  const list = (some: readonly HeadName[]): string => (some.length ? ` (${some.map(nameOf).join(", ")})` : "");
  return {
    id: "roles",
    label: "roles with controls",
    status: unproved.length ? "warn" : "info",
    value: `${proved.length} induction`,
    sentence: `Of ${heads.length} heads in ${heads.length / perLayer} layers, ${previous.length} attend to the previous token${list(previous)} and ${proved.length} by induction${list(proved)}, which needs the former.${unproved.length ? ` ${unproved.length} more attend like induction heads${list(unproved)}, but ablating earlier previous-token heads does not halve the score, or there are none.` : ""}`,
    numbers: { previous: previous.length, induction: proved.length, unproved: unproved.length },
  };
}

/** The causal test in words: does the model still continue repeated tokens without these heads? */
function skillChecks(id: string, which: string, test: SkillTest | undefined): readonly Check[] {
  if (test === undefined) return [];
  const { ablated, others, intact, without, withoutOthers } = test;
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const control = others.length
    ? ` with ${others.length} other heads of the same layers set to zero, ${percent(withoutOthers.accuracy)};`
    : "";
  return [
    {
      id: `without-${id}`,
      label: `without ${which}`,
      status: "info",
      value: `${percent(intact.accuracy)} → ${percent(without.accuracy)}`,
      sentence: `The model continues ${percent(intact.accuracy)} of the repeated tokens correctly;${control} with its ${ablated.length} ${which} set to zero, ${percent(without.accuracy)}.`,
      numbers: {
        ablated: ablated.length,
        others: others.length,
        accuracy: intact.accuracy,
        accuracyWithout: without.accuracy,
        loss: intact.loss,
        lossWithout: without.loss,
        ...(others.length && { accuracyWithoutOthers: withoutOthers.accuracy, lossWithoutOthers: withoutOthers.loss }),
      },
    },
  ];
}
