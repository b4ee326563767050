import type { Check } from "../../../protocol/result.ts";
import type { Grid } from "../../../protocol/grid.ts";
import { requireMemory } from "../../../tensor/memory-budget.ts";
import { analysis } from "../../analysis.ts";
import { choice, count, seed, toggle } from "../../option.ts";
import {
  compositionScores as scoresOf,
  headMatrices,
  joinedReading,
  joinedWriting,
  randomLevel,
  readingFactor,
  writingFactor,
  type LayerFactors,
} from "./composition.ts";
import { layerWeights } from "./head-weights.ts";
import { gains } from "./weight-options.ts";
import { frameworkPaper } from "../framework-paper.ts";

/** How much each head's output lies in what each later head reads, next to the level of random matrices. */
export const compositionScores = analysis("composition-scores", {
  family: "language-model",
  title: "Composition of heads",
  summary:
    "How much of what each head writes is read by each later head's queries, keys or values, next to random matrices of the same shapes. From the weights alone; the prompt is not read.",
  cost: "one product of all heads of each two layers",
  paper: frameworkPaper,
  takes: "prompt",
  gives: "grid",
  needsTarget: false,
  options: {
    kind: choice(["K", "Q", "V"], {
      label: "Kind",
      description: "What of the later head reads the earlier one's output: its keys, its queries or its values.",
    }),
    subtract: toggle(false, {
      label: "Subtract random level",
      description: "Shows how far each score is above the mean of random matrices of the same shapes.",
    }),
    draws: count(20, 2, 1000, { label: "Draws", description: "Number of random pairs of heads for the level." }),
    gains,
    seed: seed(),
  },
  async *run({ model, options, cancelled, memoryBudgetBytes }) {
    const { layers, heads, width, headWidth } = model.decoder;
    requireMemory(4 * layers * heads * headWidth * width, memoryBudgetBytes, "keeping what all heads write");
    const level = randomLevel(options.kind, { width, headWidth }, options.draws, options.seed);
    const names = Array.from({ length: layers * heads }, (_, i) => `${Math.floor(i / heads)}.${i % heads}`);
    const cells = new Float64Array(names.length ** 2).fill(Number.NaN);
    const facts = new Array<string>(cells.length).fill("");
    const data = (): Grid => ({
      kind: "grid",
      quantity: options.subtract
        ? `${options.kind}-composition score above the random level`
        : `${options.kind}-composition score`,
      unit: "",
      rowAxis: "earlier head",
      columnAxis: "later head",
      rows: names,
      columns: names,
      cells,
      signed: options.subtract,
      facts,
    });
    const writing: LayerFactors[] = [];
    const all = Array.from({ length: heads }, (_, head) => head);
    for (let later = 0; later < layers && !cancelled(); later++) {
      const weights = await layerWeights(model, later, options.gains);
      const own = all.map((head) => headMatrices(weights, head));
      const reading = joinedReading(
        model,
        own.map((head) => readingFactor(options.kind, head)),
      );
      for (let earlier = 0; earlier < later && !cancelled(); earlier++) {
        const scores = await scoresOf(model, writing[earlier]!, reading);
        scores.forEach((row, one) =>
          row.forEach((score, other) => {
            const at = (earlier * heads + one) * names.length + later * heads + other;
            cells[at] = options.subtract ? score - level.mean : score;
            facts[at] = `${score.toFixed(4)}: ${(score / level.mean).toFixed(2)} times the random level`;
          }),
        );
      }
      writing.push(
        joinedWriting(
          model,
          own.map(({ v, o }) => writingFactor(v, o)),
        ),
      );
      yield { progress: { done: later + 1, total: layers, note: `layer ${later} of ${layers - 1}` } };
    }
    return { data: data(), certificate: [levelCheck(level, width, headWidth, options.draws)] };
  },
});

/** Drawn matrices against the closed form: the mean square over all rotations between two heads is exactly 1 / width. */
function levelCheck(
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
  width: number,
  headWidth: number,
  draws: number,
): Check {
  const expected = 1 / Math.sqrt(width);
  const holds = Math.abs(mean - expected) <= 0.1 * expected;
  return {
    id: "random-level",
    label: "random level",
    status: holds ? "pass" : "warn",
    value: mean.toFixed(4),
    sentence: `Random heads of width ${headWidth} in a stream of ${width} have the score ${mean.toFixed(4)} ± ${deviation.toFixed(4)} over ${draws} draws; 1/√width is ${expected.toFixed(4)}. Only what is above this level is composition.`,
    numbers: { mean, deviation, expected, draws },
  };
}
