/**
 * An objective as part of a graph. The channels, positions and weights that it reads are inputs, so that one compiled
 * program serves every channel of a layer, and each row of a batch can have its own objective.
 */
import type { Layout } from "../../graph/axes/layout.ts";
import type { Builder, Value } from "../../graph/builder.ts";
import { formatMeasure, type Measure, type Objective, type ObjectiveTerm } from "../../graph/objective.ts";
import { ownName } from "../../graph/own-name.ts";
import type { Shape } from "../../tensor/shape.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { float32, type Tensor } from "../../tensor/tensor.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { ValueName } from "../../graph/graph.ts";

/** How a value is read. Terms of the same kind, value and position share a readout. */
export interface Readout {
  readonly kind: "linear" | "square" | "gram-similarity";
  readonly value: ValueName;
  /** Numbers the distinct positions at which an objective reads the value; the mean over all positions counts as one. It does not say which position it is. */
  readonly position: number;
}

export interface ReadingPlan {
  readonly readouts: readonly Readout[];
  /** Equal for objectives that share a program. */
  readonly key: string;
  /** The value that is read as [batch, channel, position…]; all others are sites. */
  readonly logits: ValueName;
}

/** The values that measures read: those of sites, or the logits. */
export interface SiteValues {
  site(name: string): ValueName;
  readonly logits: ValueName;
}

export function planReading({ terms }: Objective, siteValues: SiteValues): ReadingPlan {
  const readouts = new Map<string, Readout>();
  for (const term of terms) {
    const readout = readoutOf(term, terms, siteValues);
    readouts.set(JSON.stringify(readout), readout);
  }
  return { readouts: [...readouts.values()], key: [...readouts.keys()].join(), logits: siteValues.logits };
}

function readoutOf(term: Measure, terms: readonly Measure[], siteValues: SiteValues): Readout {
  switch (term.kind) {
    case "layer":
      return { kind: "square", value: siteValues.site(term.site), position: 0 };
    case "diversity":
      return {
        kind: "gram-similarity",
        value: valueOf(term.site === undefined ? firstWithSite(terms) : term, siteValues),
        position: 0,
      };
    default: {
      const value = valueOf(term, siteValues);
      const read = new Set(
        terms.filter((other) => isLinear(other) && valueOf(other, siteValues) === value).map(positionOf),
      );
      return { kind: "linear", value, position: [...read].indexOf(positionOf(term)) };
    }
  }
}

const isLinear = ({ kind }: Measure): boolean => kind !== "layer" && kind !== "diversity";
const positionOf = (term: Measure): string => (term.kind !== "neuron" ? "all" : (term.position?.join() ?? "middle"));

const valueOf = (term: Measure, siteValues: SiteValues): ValueName =>
  "site" in term && term.site !== undefined ? siteValues.site(term.site) : siteValues.logits;

function firstWithSite(terms: readonly Measure[]): Measure {
  const found = terms.find((term) => "site" in term && term.site !== undefined);
  if (found === undefined)
    throw new GlassboxError("option", "diversity needs a site", { hint: 'Write diversity("blocks.5").' });
  return found;
}

/** How a value is read in its canonical form, [batch, channel, …space]. */
export type Readable = Pick<Layout, "channels" | "space"> & { readonly grid?: Layout["grid"] };

const weightsName = (index: number): ValueName => ownName(`readout ${index} weights`);
export const positionsName = (index: number): ValueName => ownName(`readout ${index} positions`);

/**
 * Adds the objective's value for each sample, [batch], and the inputs for which `readingFeeds` provides tensors. The values
 * have their canonical form, [batch, channel, …space].
 */
export function readObjective(b: Builder, { readouts }: ReadingPlan, values: ReadonlyMap<ValueName, Value>): Value {
  return readouts.map((readout, index) => read(b, values.get(readout.value)!, readout.kind, index)).reduce(b.add);
}

function read(b: Builder, x: Value, kind: Readout["kind"], index: number): Value {
  const [batch, channels, ...spatial] = x.shape as readonly [number, number, ...number[]];
  const positionCount = sizeOf(spatial);
  const input = (name: ValueName, shape: Shape): Value => b.input(name, { dtype: x.dtype, shape });
  if (kind === "linear") {
    // Two small products: [1, channel] · [channel, position] · [position, 1].
    const weights = input(weightsName(index), [batch, 1, channels]);
    const positions = input(positionsName(index), [batch, positionCount, 1]);
    return b.reshape(b.matmul(weights, b.matmul(b.reshape(x, [batch, channels, positionCount]), positions)), [batch]);
  }
  const weights = input(weightsName(index), [batch]);
  const rest = x.shape.slice(1).map((_, i) => i + 1);
  if (kind === "square") return b.mul(weights, b.scale(b.sum(b.mul(x, x), rest), 1 / (channels * positionCount)));
  return b.mul(weights, gramSimilarity(b, b.reshape(x, [batch, channels, positionCount])));
}

/** For each image, the mean cosine between its Gram matrix and those of the others: G = A Aᵀ, cos(Gᵢ, Gⱼ) = ⟨Gᵢ, Gⱼ⟩ / (‖Gᵢ‖ ‖Gⱼ‖). */
function gramSimilarity(b: Builder, x: Value): Value {
  const [batch, channels] = x.shape as readonly [number, number];
  if (batch < 2) return b.scale(b.sum(x, [1, 2]), 0);
  const gram = b.reshape(b.matmul(x, b.transpose(x, [0, 2, 1])), [batch, channels * channels]);
  const norm = b.apply("Sqrt", [b.shift(b.sum(b.mul(gram, gram), [1], true), 1e-12)]);
  const unit = b.div(gram, norm);
  const cosines = b.matmul(unit, b.transpose(unit, [1, 0]));
  const off = b.tensor(
    float32(
      [batch, batch],
      Float32Array.from({ length: batch * batch }, (_, i) =>
        Math.floor(i / batch) === i % batch ? 0 : 1 / (batch - 1),
      ),
    ),
  );
  return b.sum(b.mul(cosines, b.cast(off, x.dtype)), [1]);
}

/** The input tensors for these objectives, one objective per row. All objectives must share the plan. */
export function readingFeeds(
  plan: ReadingPlan,
  objectives: readonly Objective[],
  layouts: ReadonlyMap<ValueName, Readable>,
  siteValues: SiteValues,
): Map<ValueName, Tensor> {
  const feeds = new Map<ValueName, Tensor>();
  const batch = objectives.length;
  plan.readouts.forEach((readout, index) => {
    const { channels, space, grid } = layouts.get(readout.value)!;
    const area = sizeOf(space);
    const mine = objectives.map(({ terms }) =>
      terms.filter((term) => JSON.stringify(readoutOf(term, terms, siteValues)) === JSON.stringify(readout)),
    );
    if (readout.kind !== "linear") {
      feeds.set(
        weightsName(index),
        float32(
          [batch],
          mine.map((terms) => terms.reduce((sum, { weight }) => sum + weight, 0)),
        ),
      );
      return;
    }
    const weights = new Float32Array(batch * channels);
    const positions = new Float32Array(batch * area);
    mine.forEach((terms, row) => {
      for (const term of terms) addChannels(weights.subarray(row * channels, (row + 1) * channels), term);
      positions.set(positionsOf(terms[0]!, grid, area), row * area);
    });
    feeds.set(weightsName(index), float32([batch, 1, channels], weights));
    feeds.set(positionsName(index), float32([batch, area, 1], positions));
  });
  return feeds;
}

function addChannels(weights: Float32Array, term: ObjectiveTerm): void {
  const add = (index: number, value: number): void => {
    if (index >= weights.length)
      throw new GlassboxError(
        "option",
        `${formatMeasure(term)} reads channel ${index}, but there are ${weights.length}`,
        { hint: `Choose one from 0 to ${weights.length - 1}.` },
      );
    weights[index] = weights[index]! + term.weight * value;
  };
  if (term.kind === "channel" || term.kind === "neuron") add(term.channel, 1);
  else if (term.kind === "logit") add(term.index, 1);
  else if (term.kind === "direction") {
    if (term.vector.length !== weights.length)
      throw new GlassboxError(
        "option",
        `the direction has ${term.vector.length} numbers, but ${term.site} has ${weights.length} channels`,
      );
    term.vector.forEach((value, index) => add(index, value));
  }
}

/** The weights of positions: uniform, or 1 at a single position. */
function positionsOf(term: ObjectiveTerm, grid: Readable["grid"], area: number): Float32Array {
  if (term.kind !== "neuron") return new Float32Array(area).fill(1 / area);
  const [rows, columns] = grid ? [grid.rows, grid.columns] : [1, area];
  const [row, column] = term.position ?? [Math.floor(rows / 2), Math.floor(columns / 2)];
  if (row >= rows || column >= columns)
    throw new GlassboxError(
      "option",
      `${formatMeasure(term)} is outside the layer's ${rows} × ${columns} positions at this image size`,
    );
  const positions = new Float32Array(area);
  const cell = row * columns + column;
  positions[grid?.at[cell] ?? cell] = 1;
  return positions;
}
