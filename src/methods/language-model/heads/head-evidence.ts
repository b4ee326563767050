import { lagProfile, placeScores, repeatScores, type PlaceScores, type RepeatScores } from "./position-scores.ts";
import { ablatedHeads, otherHeads, type HeadName } from "./ablated-heads.ts";
import { roleOf, type HeadEvidence, type HeadRole } from "./head-role.ts";
import { mean, meanSkill, runRepeat, type RepeatRun, type RepeatSkill } from "./repeat-runs.ts";
import type { LanguageModel } from "../language-model.ts";
import type { RepeatedPrompt } from "./repeated-prompts.ts";

export interface ScoredHead extends HeadName {
  readonly role: HeadRole;
  readonly evidence: HeadEvidence;
}

/** How well repeated tokens are continued, with parts of the model and as many other heads ablated. */
export interface SkillTest {
  readonly ablated: readonly HeadName[];
  readonly others: readonly HeadName[];
  readonly intact: RepeatSkill;
  readonly without: RepeatSkill;
  readonly withoutOthers: RepeatSkill;
}

export interface HeadFunctions {
  readonly heads: readonly ScoredHead[];
  /** The causal tests of the previous-token and of the induction heads; unset where there are none. */
  readonly previousTest: SkillTest | undefined;
  readonly inductionTest: SkillTest | undefined;
}

/** Of one sequence: every head's scores on the repetition, on its control, and by distance. */
interface SequenceScores {
  readonly repeat: readonly RepeatScores[];
  readonly unrepeated: readonly RepeatScores[];
  readonly places: readonly PlaceScores[];
  readonly profiles: readonly Float64Array[];
  readonly skill: RepeatSkill;
}

interface Options {
  readonly threshold: number;
  readonly seed: number;
  readonly cancelled: () => boolean;
}

/** The most runs over the sequences: the repetition, its control, and two ablations with one control each. */
export const mostRuns = 6;

/** Scores all heads by function. Yields after each sequence of each run; a cancelled run returns what it has. */
export async function* scoreHeads(
  model: LanguageModel,
  prompts: readonly RepeatedPrompt[],
  { threshold, seed, cancelled }: Options,
): AsyncGenerator<string, HeadFunctions> {
  const { heads, layers } = model.decoder;
  const names = Array.from({ length: layers * heads }, (_, i) => ({ layer: Math.floor(i / heads), head: i % heads }));
  const sequences: SequenceScores[] = [];
  for (const prompt of prompts) {
    if (cancelled()) break;
    const repeated = await runRepeat(model, prompt.repeated, prompt.period);
    const fresh = await runRepeat(model, prompt.fresh, prompt.period);
    sequences.push(sequenceScores(names, prompt, repeated, fresh));
    yield "repeated and fresh tokens";
  }
  const before = names.map((_, i) => evidenceOf(sequences, i, undefined));
  const previous = names.filter((_, i) => roleOf(before[i]!, threshold) === "previous token");
  const skill = meanSkill(sequences.map((each) => each.skill));

  const skillTest = async function* (
    ablated: readonly HeadName[],
    spared: readonly HeadName[],
    seen?: (run: RepeatRun, prompt: RepeatedPrompt) => void,
  ): AsyncGenerator<string, SkillTest> {
    const others = otherHeads(ablated, spared, heads, seed);
    const [without, withoutOthers]: [RepeatSkill[], RepeatSkill[]] = [[], []];
    for (const prompt of prompts) {
      if (cancelled()) break;
      const run = await runRepeat(model, prompt.repeated, prompt.period, ablatedHeads(ablated, heads));
      seen?.(run, prompt);
      without.push(run.skill);
      const control = ablatedHeads(others, heads);
      withoutOthers.push((await runRepeat(model, prompt.repeated, prompt.period, control)).skill);
      yield "ablations";
    }
    return { ablated, others, intact: skill, without: meanSkill(without), withoutOthers: meanSkill(withoutOthers) };
  };

  const left = names.map(() => [] as number[]);
  const inductionLike = names.filter((_, i) => roleOf(before[i]!, threshold).startsWith("induction"));
  const previousTest = previous.length
    ? yield* skillTest(previous, inductionLike, ({ patterns }, { period }) =>
        names.forEach(({ layer, head }, i) => left[i]!.push(repeatScores(patterns[layer]!, head, period).induction)),
      )
    : undefined;
  const scored = names.map(({ layer, head }, i): ScoredHead => {
    const tested = previous.some((each) => each.layer < layer) && left[i]!.length > 0;
    const evidence = evidenceOf(sequences, i, tested ? mean(left[i]!) : undefined);
    return { layer, head, evidence, role: roleOf(evidence, threshold) };
  });
  const induction = scored.filter(({ role }) => role.startsWith("induction"));
  const inductionTest = induction.length ? yield* skillTest(induction, previous) : undefined;
  return { heads: scored, previousTest, inductionTest };
}

function sequenceScores(
  names: readonly HeadName[],
  { period }: RepeatedPrompt,
  repeated: RepeatRun,
  fresh: RepeatRun,
): SequenceScores {
  const each = <Score>(score: (name: HeadName) => Score): readonly Score[] => names.map(score);
  return {
    repeat: each(({ layer, head }) => repeatScores(repeated.patterns[layer]!, head, period)),
    unrepeated: each(({ layer, head }) => repeatScores(fresh.patterns[layer]!, head, period)),
    places: each(({ layer, head }) => placeScores(fresh.patterns[layer]!, head)),
    profiles: each(({ layer, head }) => lagProfile(fresh.patterns[layer]!, head, period + 1)),
    skill: repeated.skill,
  };
}

function evidenceOf(
  sequences: readonly SequenceScores[],
  head: number,
  withoutPrevious: number | undefined,
): HeadEvidence {
  const average = (read: (sequence: SequenceScores) => number): number => mean(sequences.map(read));
  const repeat = (from: "repeat" | "unrepeated"): RepeatScores => ({
    induction: average((each) => each[from][head]!.induction),
    duplicate: average((each) => each[from][head]!.duplicate),
    shorter: average((each) => each[from][head]!.shorter),
  });
  return {
    ...repeat("repeat"),
    unrepeated: repeat("unrepeated"),
    self: average(({ places }) => places[head]!.self),
    previous: average(({ places }) => places[head]!.previous),
    first: average(({ places }) => places[head]!.first),
    fixedLag: bestLag(sequences.map(({ profiles }) => profiles[head]!)),
    withoutPrevious,
  };
}

/** Averages each lag over the sequences that are long enough to have it. */
function bestLag(profiles: readonly Float64Array[]): { readonly lag: number; readonly weight: number } {
  let best = { lag: 2, weight: 0 };
  for (let lag = 2; lag < Math.max(0, ...profiles.map(({ length }) => length)); lag++) {
    const weight = mean(profiles.filter(({ length }) => length > lag).map((profile) => profile[lag]!));
    if (weight > best.weight) best = { lag, weight };
  }
  return best;
}
