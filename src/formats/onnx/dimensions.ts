import { GlassboxError } from "../../tensor/errors.ts";
import { formatShape, type Shape } from "../../tensor/shape.ts";
import type { Sizes } from "../imported.ts";
import type { OnnxDimension, OnnxValueInfo } from "./records.ts";

/** The symbol of an axis, or the name under which its size can be given. */
const symbolOf = (input: string, dimension: OnnxDimension, axis: number): string =>
  typeof dimension === "string" && dimension !== "" ? dimension : `${input}:${axis}`;

const namesBatch = (symbol: string): boolean =>
  /^(n|b|bs|none|\?|unk_?_*\d*)$/i.test(symbol) || /batch|samples/i.test(symbol);

/** Recurrent models have time in front. */
const namesPlace = (symbol: string): boolean => /seq|len|time|frame|token|height|width|points/i.test(symbol);

/** The sizes of one model's inputs; symbols that are not given must be the batch, which is 1. */
export class Dimensions {
  readonly chosen = new Map<string, number>();
  readonly #sizes: Sizes;

  constructor(sizes: Sizes) {
    this.#sizes = sizes;
    for (const [symbol, size] of Object.entries(sizes.dimensions ?? {})) {
      if (!Number.isSafeInteger(size) || size < 0)
        throw new GlassboxError("input", `the dimension ${symbol} cannot be ${size}`);
      this.chosen.set(symbol, size);
    }
  }

  shapeOf(input: Pick<OnnxValueInfo, "name" | "shape">): Shape {
    const given = this.#sizes.inputShapes?.[input.name];
    const symbolic = input.shape ?? (given ? given.map(() => undefined) : undefined);
    if (symbolic === undefined) {
      throw new GlassboxError("input", `the file does not say how many axes the input "${input.name}" has`, {
        hint: "Give its whole shape.",
      });
    }
    if (given && given.length !== symbolic.length) {
      throw new GlassboxError(
        "input",
        `the input "${input.name}" has ${symbolic.length} axes, so its shape cannot be ${formatShape(given)}`,
      );
    }
    return symbolic.map((dimension, axis) => this.#size(input.name, dimension, axis, given?.[axis]));
  }

  #size(input: string, dimension: OnnxDimension, axis: number, given: number | undefined): number {
    const { batch } = this.#sizes;
    // A leading 0 is how some exporters write a free batch; elsewhere it is an empty axis, e.g. of past keys.
    const fixed = typeof dimension === "number" && (dimension > 0 || axis > 0);
    if (given !== undefined) {
      if (fixed && given !== dimension && !(axis === 0 && dimension === 1)) {
        throw new GlassboxError(
          "input",
          `axis ${axis} of the input "${input}" is ${dimension} in the file, not ${given}`,
        );
      }
      if (!fixed) this.#choose(symbolOf(input, dimension, axis), given);
      return given;
    }
    if (fixed) return axis === 0 && dimension === 1 && batch !== undefined ? batch : dimension;
    const symbol = symbolOf(input, dimension, axis);
    const known = this.chosen.get(symbol);
    if (known !== undefined) return known;
    if ((axis === 0 && !namesPlace(symbol)) || namesBatch(symbol)) return this.#choose(symbol, batch ?? 1);
    throw new GlassboxError(
      "input",
      `the size of ${symbol === `${input}:${axis}` ? `axis ${axis}` : `"${symbol}" (axis ${axis})`} of the input "${input}" is free`,
      { hint: `Choose it, for example ${symbol}=${/height|width|row|col|^h$|^w$/i.test(symbol) ? 224 : 128}.` },
    );
  }

  #choose(symbol: string, size: number): number {
    const known = this.chosen.get(symbol);
    if (known !== undefined && known !== size) {
      throw new GlassboxError("input", `the dimension "${symbol}" would have to be ${known} and ${size} at once`);
    }
    this.chosen.set(symbol, size);
    return size;
  }
}
