import { canonicalShape } from "../graph/axes/layout.ts";
import { typeOf, type Graph, type ValueName } from "../graph/graph.ts";
import { formatReadable, type BoxPart, type Place, type Target, type Term } from "../graph/target.ts";
import type { BoxLayout, OutputKind } from "../protocol/contract.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { formatShape, sizeOf, type Shape } from "../tensor/shape.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { siteLayout } from "./site-layout.ts";

/** The weights of what a target reads of one value. */
export interface Seed {
  readonly value: ValueName;
  /** [1, channel, 1…], or [1, channel, position…] if places differ. */
  readonly weights: Tensor;
  readonly positional: boolean;
  /** Whether the value is a site, whose channels lie where its axes say; the weights have its canonical form. */
  readonly site: boolean;
}

/** What a target can read of a network. */
export interface ReadableValues {
  readonly graph: Graph;
  readonly output: OutputKind;
  /** [batch, channel, position…]. */
  readonly logits: ValueName;
  readonly probabilities: ValueName | undefined;
  readonly direction: ValueName | undefined;
  /** The other outputs, by the file's names. */
  readonly others: ReadonlyMap<string, ValueName>;
  site(name: string): ValueName;
}

/** The values that a target reads, with the weight of each of their channels or numbers. */
export function targetSeeds(target: Target, values: ReadableValues): readonly Seed[] {
  const read = target.terms.map((term) => ({ term, ...locate(term, values) }));
  const byValue = new Map<ValueName, typeof read>();
  for (const each of read) byValue.set(each.value, [...(byValue.get(each.value) ?? []), each]);
  return [...byValue].map(([value, parts]) => {
    const site = value !== values.logits && parts.every(({ term }) => term.kind === "unit");
    const shape = site ? canonicalShape(siteLayout(values.graph, value)) : typeOf(values.graph, value).shape;
    const [, channels = 1, ...positions] = shape;
    const area = sizeOf(positions);
    const positional = parts.some(({ place }) => place !== undefined);
    const weights = new Float64Array(positional ? channels * area : channels);
    for (const { term, numbers, place } of parts) {
      const spread = place && placeWeights(place, positions, term);
      for (const [channel, factor] of numbers) {
        if (channel >= channels) throw beyond(term, channel, channels);
        const weight = term.weight * factor;
        if (!positional) weights[channel]! += weight / area;
        else for (let i = 0; i < area; i++) weights[channel * area + i]! += weight * (spread?.[i] ?? 1 / area);
      }
    }
    const shown = positional ? positions : positions.map(() => 1);
    return { value, weights: float32([1, channels, ...shown], weights), positional, site };
  });
}

interface Located {
  readonly value: ValueName;
  /** Channels and their factors. */
  readonly numbers: readonly (readonly [channel: number, factor: number])[];
  readonly place: Place | undefined;
}

function locate(term: Term, values: ReadableValues): Located {
  const { logits, probabilities, direction, others, output } = values;
  switch (term.kind) {
    case "logit":
    case "number":
      return { value: logits, numbers: [[term.index, 1]], place: term.place };
    case "score":
      if (output.is !== "binary" && !(output.is === "number" && output.numbers === 1))
        throw wrong(term, "the output has more than one number", "Choose one of them, for example logit:0.");
      return { value: logits, numbers: [[0, 1]], place: undefined };
    case "probability":
      if (probabilities === undefined)
        throw wrong(term, `the output is ${output.is}, which has no probabilities`, "Read its numbers: number:0.");
      if (output.is === "binary" && term.index !== 1)
        throw wrong(term, "the one probability is that of the second class", "Write probability:1 or -probability:1.");
      return { value: probabilities, numbers: [[output.is === "binary" ? 0 : term.index, 1]], place: term.place };
    case "unit":
      return { value: values.site(term.site), numbers: [[term.index, 1]], place: term.place };
    case "output": {
      const value = others.get(term.output);
      if (value === undefined)
        throw wrong(
          term,
          `the model has no other output named ${term.output}`,
          others.size ? `It has ${[...others.keys()].join(", ")}.` : "It has one output.",
        );
      return { value, numbers: [[term.index, 1]], place: term.place };
    }
    case "box": {
      if (output.is !== "boxes") throw wrong(term, `the output is ${output.is}, which has no boxes`);
      if (term.box >= output.boxes)
        throw wrong(term, `there are ${output.boxes} boxes`, `Choose one from 0 to ${output.boxes - 1}.`);
      return { value: logits, numbers: [[boxChannel(term.part, output, term), 1]], place: { at: [term.box] } };
    }
    case "similarity": {
      if (direction === undefined || term.direction === undefined)
        throw wrong(term, `the output is ${output.is}, which is no vector that can be compared`);
      return { value: direction, numbers: [...term.direction].map((x, i) => [i, x] as const), place: undefined };
    }
  }
}

const coordinates: readonly BoxPart[] = ["x", "y", "width", "height"];

function boxChannel(part: BoxPart, layout: BoxLayout, term: Term): number {
  if (typeof part === "object") {
    if (layout.layout === "end-to-end") throw wrong(term, "each box has one score, of its own class", "Write score.");
    if (part.class >= layout.classes)
      throw wrong(term, `there are ${layout.classes} classes`, `Choose one from 0 to ${layout.classes - 1}.`);
    return (layout.objectness ? 5 : 4) + part.class;
  }
  if (part !== "score") return coordinates.indexOf(part);
  if (layout.objectness || layout.layout === "end-to-end") return 4;
  throw wrong(term, "these boxes have a score for each class and no other", "Write box:<box>:class:<class>.");
}

/** The weight of each position, in row-major order; they add up to 1. */
function placeWeights(place: Place, positions: Shape, term: Term): ArrayLike<number> {
  const area = sizeOf(positions);
  if ("own" in place) {
    if (place.weights?.length === area) return place.weights;
    throw wrong(term, `${formatShape(positions)} are not the positions of the classes that the model gives`);
  }
  const weights = new Float64Array(area);
  const outside = (): GlassboxError =>
    wrong(term, `the place is outside ${positions.length ? positions.join(" × ") : "an output without places"}`);
  if ("at" in place) {
    if (place.at.length !== positions.length || place.at.some((index, axis) => index >= positions[axis]!))
      throw outside();
    weights[place.at.reduce((flat, index, axis) => flat * positions[axis]! + index, 0)] = 1;
    return weights;
  }
  const [rows = 0, columns = 0] = positions;
  const { from, to } = place;
  if (positions.length !== 2 || to[0] > rows || to[1] > columns) throw outside();
  const each = 1 / ((to[0] - from[0]) * (to[1] - from[1]));
  for (let row = from[0]; row < to[0]; row++)
    for (let column = from[1]; column < to[1]; column++) weights[row * columns + column] = each;
  return weights;
}

const wrong = (term: Term, why: string, hint?: string): GlassboxError =>
  new GlassboxError("option", `${formatReadable(term)} cannot be explained: ${why}`, { ...(hint && { hint }) });

const beyond = (term: Term, channel: number, channels: number): GlassboxError =>
  new GlassboxError("option", `the target reads ${term.kind} ${channel}, but there are ${channels}`, {
    hint: `Choose one from 0 to ${channels - 1}.`,
  });
