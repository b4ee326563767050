import type { Entry, Given, OutputKind, OutputKindName, Range } from "../protocol/contract.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Ending, EndingName } from "./ending.ts";
import { assumed, known } from "./evidence.ts";
import type { Candidate, FoundHead, Hints } from "./found-head.ts";

/** What an output may be by its shape alone, and which of these it is. */
interface Reading {
  readonly possible: Partial<Readonly<Record<OutputKindName, OutputKind>>>;
  readonly kind: Entry<OutputKind>;
  readonly channelAxis: number | undefined;
}

/** What an output is that stands for itself, by the shape of its scores and its last step; `undefined` if nothing fits. */
export function kindOf(
  candidate: Candidate,
  hints: Hints,
  /** What a person says that it is; nothing if its shape does not allow it. */
  wanted: OutputKindName | undefined,
): FoundHead | undefined {
  const { output, shape, scores, ending } = candidate;
  const reading = readingOf(candidate, hints);
  if (reading === undefined) return undefined;
  const said = wanted && reading.possible[wanted];
  return {
    output,
    shape,
    kind: said ? known(said, "person", "The file next to the model says so.") : reading.kind,
    parts: [{ value: scores, channelAxis: reading.channelAxis }],
    note: ending && endingNotes[ending.is],
  };
}

function readingOf(candidate: Candidate, hints: Hints): Reading | undefined {
  const { shape } = candidate;
  const axes = shape.flatMap((extent, axis) => (extent !== 1 && (axis > 0 || shape.length === 1) ? [axis] : []));
  if (shape.slice(1).includes(0)) return undefined;
  if (axes.length === 0) return single(candidate);
  if (axes.length === 1) return vector(candidate, shape[axes[0]!]!, axes[0]!, hints);
  if (shape.length === 4) return map(candidate, hints);
  return shape.length === 3 ? sequence(candidate) : undefined;
}

function single({ output, ending }: Candidate): Reading {
  const number: OutputKind = { is: "number", numbers: 1, range: rangeOf(ending) };
  const binary: OutputKind = { is: "binary", given: givenBy(ending) };
  const kind =
    ending?.is === "sigmoid"
      ? known(binary, "file", `The output "${output}" is the sigmoid of one number${how(ending)}.`)
      : known(number, "file", `The output "${output}" is one number${ending ? "" : ", with no sigmoid behind it"}.`);
  return { possible: { number, binary }, kind, channelAxis: undefined };
}

/** Numbers of classes that data sets of photographs have. */
const wellKnown: ReadonlyMap<number, string> = new Map([
  [1000, "ImageNet-1k"],
  [1001, "ImageNet-1k with a background class"],
  [21841, "ImageNet-21k"],
]);
const embeddingName = /embed|feature|descriptor|pooler/i;

function vector(candidate: Candidate, size: number, channelAxis: number, hints: Hints): Reading {
  const { output, ending, feedsAnother } = candidate;
  const classes: OutputKind = { is: "classes", classes: size, given: givenBy(ending) };
  const independent: OutputKind = { is: "independent", classes: size, given: givenBy(ending) };
  const number: OutputKind = { is: "number", numbers: size, range: rangeOf(ending) };
  const embedding: OutputKind = { is: "embedding", size, unitLength: ending?.is === "unit-length" };
  const of = `of ${size.toLocaleString("en")} numbers${how(ending)}`;
  const kind = (): Entry<OutputKind> => {
    switch (ending?.is) {
      case "softmax":
      case "log-softmax":
      case "argmax":
        return known(classes, "file", `The output "${output}" is the ${endingWords[ending.is]} ${of}.`);
      case "sigmoid":
        return known(independent, "file", `The output "${output}" is the sigmoid ${of}: each stands for itself.`);
      case "unit-length":
        return known(embedding, "file", `The output "${output}" is a vector ${of}, scaled to length 1.`);
      case "tanh":
        return assumed(number, "file", `The output "${output}" is the hyperbolic tangent ${of}.`);
    }
    if (feedsAnother || embeddingName.test(output))
      return assumed(
        embedding,
        "file",
        feedsAnother
          ? `Another output is computed from the ${size.toLocaleString("en")} numbers of "${output}".`
          : `The output is called "${output}".`,
      );
    if (hints.named === size)
      return known(classes, "neighbour", `There are ${size} names for the ${size} numbers of "${output}".`);
    const set = wellKnown.get(size);
    return set
      ? known(classes, "usual", `The output "${output}" has as many numbers as ${set} has classes.`)
      : assumed(
          classes,
          "usual",
          `No softmax or sigmoid follows the ${size} numbers of "${output}"; most such outputs are logits of classes.`,
        );
  };
  return { possible: { classes, independent, number, embedding }, kind: kind(), channelAxis };
}

function map(candidate: Candidate, { picture }: Hints): Reading {
  const { output, shape, ending } = candidate;
  const channelAxis = ending?.axis ?? (picture?.layout === "NHWC" ? 3 : 1);
  const channels = shape[channelAxis]!;
  const [rows, columns] = channelAxis === 1 ? [shape[2]!, shape[3]!] : [shape[1]!, shape[2]!];
  const segmentation = (exclusive: boolean): OutputKind => ({
    is: "segmentation",
    classes: channels,
    rows,
    columns,
    exclusive,
    given: givenBy(ending),
  });
  const pixels: OutputKind = { is: "pixels", channels, rows, columns, range: rangeOf(ending) };
  const grid = `${rows} × ${columns}`;
  const kind = (): Entry<OutputKind> => {
    switch (ending?.is) {
      case "softmax":
      case "log-softmax":
      case "argmax":
        return known(
          segmentation(true),
          "file",
          `At each of ${grid} places, "${output}" is the ${endingWords[ending.is]} of ${channels} numbers.`,
        );
      case "sigmoid":
        return channels === 3 && rows === picture?.rows
          ? assumed(pixels, "usual", `"${output}" has three channels from 0 to 1 at the size of the picture.`)
          : known(
              segmentation(false),
              "file",
              `At each of ${grid} places, "${output}" is the sigmoid of ${channels === 1 ? "one number" : `${channels} numbers`}.`,
            );
    }
    if (channels === 1 || channels === 3)
      return assumed(
        pixels,
        "usual",
        `"${output}" has ${channels === 1 ? "one channel" : "three channels"} at ${grid} places.`,
      );
    return assumed(
      segmentation(true),
      "usual",
      `"${output}" has ${channels} numbers at each of ${grid} places; most such outputs are logits of classes.`,
    );
  };
  return { possible: { segmentation: segmentation(ending?.is !== "sigmoid"), pixels }, kind: kind(), channelAxis };
}

function sequence({ output, shape, ending }: Candidate): Reading {
  const channelAxis = ending?.axis ?? 2;
  const [positions, features] = channelAxis === 2 ? [shape[1]!, shape[2]!] : [shape[2]!, shape[1]!];
  const exclusive = ending?.is === "softmax" || ending?.is === "log-softmax";
  const kind: OutputKind = { is: "sequence", positions, features, exclusive };
  return {
    possible: { sequence: kind },
    kind: (exclusive ? known : assumed)(
      kind,
      exclusive ? "file" : "usual",
      `"${output}" is ${formatShape(shape)}: ${features} numbers for each of ${positions} places.`,
    ),
    channelAxis,
  };
}

const endingWords = {
  softmax: "softmax",
  "log-softmax": "logarithm of the softmax",
  argmax: "index of the largest",
} as const;

const how = (ending: Ending | undefined): string =>
  ending?.known === "measured" ? ", written out in several operators" : "";

const givenNames: Partial<Readonly<Record<EndingName, Given>>> = {
  softmax: "probabilities",
  sigmoid: "probabilities",
  "log-softmax": "log-probabilities",
  argmax: "labels",
};
const givenBy = (ending: Ending | undefined): Given => (ending && givenNames[ending.is]) ?? "logits";

const ranges: Partial<Readonly<Record<EndingName, Range>>> = {
  sigmoid: { low: 0, high: 1 },
  tanh: { low: -1, high: 1 },
  rectified: { low: 0, high: undefined },
};
const rangeOf = (ending: Ending | undefined): Range =>
  (ending && ranges[ending.is]) ?? { low: undefined, high: undefined };

const endingNotes: Partial<Readonly<Record<EndingName, string>>> = {
  softmax:
    "The model ends in a softmax: the target is the logit before it, because the gradient of a saturated probability vanishes.",
  "log-softmax": "The model ends in a log-softmax: the target is the logit before it.",
  sigmoid: "The model ends in a sigmoid, one independent score a class: the target is the logit before it.",
  argmax: "The model gives only the index of the best class: the target is the score before it.",
};
