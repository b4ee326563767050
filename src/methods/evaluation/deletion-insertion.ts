import type { Curves, Measure, Measured } from "../../protocol/generic-answers.ts";
import type { Check } from "../../protocol/result.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import { analysis, type RunContext } from "../analysis.ts";
import { baselineOf, baselineOption } from "../attribution/baseline.ts";
import { blur } from "../attribution/blur.ts";
import { channelsFirst, extentOf } from "../attribution/heatmap.ts";
import { choice, count, mapOf, seed, type OptionTable } from "../option.ts";
import { probabilitiesOf } from "../prediction/rank-classes.ts";
import { edgeOrder, mapOrder, randomOrder, type PixelOrder } from "./pixel-orders.ts";
import { areaUnder, replacement, type Versions } from "./replacement.ts";

type Context = RunContext<"picture", OptionTable>;

/** The standard deviation of the blurred version from which insertion starts, in pixels (RISE's code). */
const insertionSigma = 5;

/**
 * Deletion and insertion (Petsiuk, Das, Saenko 2018, section 4.3): the pixels of a map are removed, or put into a blurred
 * picture, from the most important one to the least. A faithful map makes the class' probability fall early (a small area
 * under the deletion curve) and rise early (a large area under the insertion curve). A random order and the order of edges
 * are measured too, because the areas depend on the picture and the network. Cost: six curves of steps + 1 forward passes.
 */
export const deletionInsertion = analysis("deletion-insertion", {
  family: "evaluation",
  title: "Deletion and insertion",
  formula: "AUC = 1/n Σₖ (Sₖ + Sₖ₊₁)/2",
  summary:
    "How fast the class falls and rises as the pixels of a map are removed or put in, beside two reference orders.",
  cost: "six curves of forward passes",
  paper: {
    title: "RISE: randomized input sampling for explanation of black-box models",
    authors: "Petsiuk, Das, Saenko",
    year: 2018,
    link: "https://arxiv.org/abs/1806.07421",
  },
  takes: "picture",
  gives: "measure",
  options: {
    map: mapOf("The map whose order of pixels is measured, with its default options."),
    pixelValue: choice(["magnitude", "sum"], {
      label: "Pixel's value",
      description:
        "The sum of the channels' magnitudes, or their signed sum, which puts evidence against the class last.",
    }),
    steps: count(28, 4, 448, {
      label: "Steps",
      description: "How many parts the pixels are removed in. The paper removes 224 pixels at a time.",
    }),
    baseline: baselineOption,
    seed: seed(),
  },
  needsTarget: true,
  async *run(context) {
    const { network, input, options, cancelled } = context;
    const [rows, columns] = extentOf(network);
    const values = toFloat64(input);
    const interleaved = network.source.layout === "NHWC";
    const pixels = rows * columns;
    const channels = values.length / pixels;
    const versions = (from: Float64Array, to: Float64Array): Versions => ({ from, to, pixels, interleaved });
    const blurred = blur(values, { rows, columns, channels, interleaved }, insertionSigma);
    const kinds = [
      { title: "Deletion", of: versions(values, baselineOf(options.baseline, context)) },
      { title: "Insertion", of: versions(blurred, values) },
    ];
    const map = await context.ask(options.map, "heatmap");
    const orders: readonly (readonly [string, PixelOrder])[] = [
      [options.map, mapOrder(map, options.pixelValue)],
      ["random order", randomOrder(pixels, options.seed)],
      ["edges", edgeOrder(interleaved ? channelsFirst(values, [rows, columns], channels) : values, rows, columns)],
    ];
    const done: Line[] = [];
    const total = kinds.length * orders.length;
    const outcome = () => ({ data: measureOf(done, scoreName(context)), certificate: checksOf(done, options.map) });
    for (const { title, of } of kinds)
      for (const [name, order] of orders) {
        if (cancelled()) return outcome();
        const y = await scores(context, replacement(of, order, options.steps, input.shape.slice(1)));
        if (y === undefined) return outcome();
        done.push({ title, name, y });
        yield { progress: { done: done.length, total, note: `${title} by ${name}` }, partial: outcome() };
      }
    return outcome();
  },
});

interface Line {
  readonly title: string;
  readonly name: string;
  readonly y: Float64Array;
}

/** The target of each row: the probability of one class, else the target's own value. Unset if cancelled. */
async function scores(context: Context, rows: ReturnType<typeof replacement>): Promise<Float64Array | undefined> {
  const { network, target, cancelled } = context;
  const { logits } = network.source;
  const read = classOf(context);
  const found = new Float64Array(rows.count);
  for await (const { start, scores: own, values } of network.gradients(rows, target, { wrt: [], also: [logits] })) {
    if (cancelled()) return undefined;
    const all = toFloat64(values[0]!);
    const classes = all.length / own.length;
    for (let row = 0; row < own.length; row++)
      found[start + row] =
        read === undefined
          ? own[row]!
          : probabilitiesOf(all.slice(row * classes, (row + 1) * classes), read.is)[read.index]!;
  }
  return found;
}

/** The class whose probability is measured, and how it is one; unset for every other target. */
function classOf({ target: { terms }, network: { source, classes } }: Context) {
  const [term] = terms;
  const is = source.output?.is ?? "classes";
  if (terms.length !== 1 || term?.kind !== "logit" || term.weight !== 1) return undefined;
  return is === "independent" || (is === "classes" && classes > 1) ? { is, index: term.index } : undefined;
}

const scoreName = (context: Context): string => (classOf(context) === undefined ? "target" : "probability");

function measureOf(lines: readonly Line[], score: string): Measure {
  const numbers = lines.map(({ title, name, y }): Measured => ({
    name: `${title.toLowerCase()}, ${name}`,
    value: areaUnder(y),
    unit: "",
  }));
  const titles = [...new Set(lines.map(({ title }) => title))];
  const curves = titles.map((title): Curves => ({
    title,
    xAxis: title === "Deletion" ? "share of pixels removed" : "share of pixels put in",
    yAxis: score,
    lines: lines
      .filter((line) => line.title === title)
      .map(({ name, y }) => ({ name, x: y.map((_, i) => i / (y.length - 1)), y })),
  }));
  return { kind: "measure", numbers, curves };
}

/** Whether the map orders pixels better than chance, and better than a picture's edges. */
function checksOf(lines: readonly Line[], map: string): readonly Check[] {
  const area = (title: string, name: string): number | undefined => {
    const found = lines.find((line) => line.title === title && line.name === name);
    return found && areaUnder(found.y);
  };
  return ["random order", "edges"].flatMap((reference): Check[] => {
    const [deletion, deletionBy] = [area("Deletion", map), area("Deletion", reference)];
    const [insertion, insertionBy] = [area("Insertion", map), area("Insertion", reference)];
    if (deletion === undefined || deletionBy === undefined || insertion === undefined || insertionBy === undefined)
      return [];
    const numbers = { deletion: deletionBy - deletion, insertion: insertion - insertionBy };
    const better = [numbers.deletion > 0, numbers.insertion > 0];
    return [
      {
        id: reference === "edges" ? "edges" : "random",
        label: reference === "edges" ? "better than edges" : "better than random",
        status: better.every(Boolean) ? "pass" : better.some(Boolean) ? "warn" : "fail",
        value: `${signed(numbers.deletion)}, ${signed(numbers.insertion)}`,
        sentence: `${sentences[Number(better[0])]![Number(better[1])]!} ${reference === "edges" ? "the order of the picture's edges, which knows nothing of the network" : "a random order"}: by ${signed(numbers.deletion)} in deletion and ${signed(numbers.insertion)} in insertion.`,
        numbers,
      },
    ];
  });
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

/** By whether deletion, and whether insertion, is better. */
const sentences = [
  ["Neither deletion nor insertion is better than with", "Insertion is better, but deletion is worse than with"],
  ["Deletion is better, but insertion is worse than with", "Deletion and insertion are both better than with"],
] as const;
