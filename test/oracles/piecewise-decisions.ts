import type { Attributes, Graph } from "../../src/graph/graph.ts";

type Values = ReadonlyMap<string, ArrayLike<number>>;

/**
 * On which side of each kink a piecewise linear network is. Where two precisions decide alike
 * everywhere, their gradients are of the same linear function and differ by rounding alone.
 */
export interface Decisions {
  /** The values to look at. */
  readonly reads: readonly string[];
  count(a: Values, b: Values): number;
}

export function decisionsOf(graph: Graph): Decisions {
  const kinks = graph.nodes.filter(({ op }) => op === "Relu" || op === "Clip" || op === "MaxPool");
  return {
    reads: [...new Set(kinks.map(({ inputs }) => inputs[0]!))],
    count: (a, b) =>
      kinks.reduce((flipped, { op, inputs, attributes }) => {
        const value = inputs[0]!;
        const side = op === "MaxPool" ? winners(graph.types.get(value)!.shape, attributes) : piece(attributes);
        const [mine, theirs] = [side(a.get(value)!), side(b.get(value)!)];
        let different = 0;
        for (let i = 0; i < mine.length; i++) different += Number(mine[i] !== theirs[i]);
        return flipped + different;
      }, 0),
  };
}

const piece =
  ({ min = 0, max = Infinity }: Attributes) =>
  (values: ArrayLike<number>): Int32Array => {
    const [least, most] = [min as number, max as number];
    const pieces = new Int32Array(values.length);
    for (let i = 0; i < pieces.length; i++) pieces[i] = Number(values[i]! > least) + Number(values[i]! >= most);
    return pieces;
  };

/** The place of each window's first maximum; −1 where it is 0, because a dead unit passes no gradient whichever is chosen. Without padding. */
const winners =
  (shape: readonly number[], attributes: Attributes) =>
  (values: ArrayLike<number>): Int32Array => {
    const [kernel, strides] = [attributes["kernel_shape"] as number[], attributes["strides"] as number[]];
    if ((attributes["pads"] as number[] | undefined)?.some(Boolean)) throw new RangeError("a padded pooling");
    const [planes, height, width] = [shape[0]! * shape[1]!, shape[2]!, shape[3]!];
    const found: number[] = [];
    for (let plane = 0; plane < planes; plane++) {
      for (let top = 0; top + kernel[0]! <= height; top += strides[0]!) {
        for (let left = 0; left + kernel[1]! <= width; left += strides[1]!) {
          let best = -1;
          let most = 0;
          for (let k = 0; k < kernel[0]! * kernel[1]!; k++) {
            const at = (plane * height + top + Math.floor(k / kernel[1]!)) * width + left + (k % kernel[1]!);
            if (values[at]! > most) [best, most] = [at, values[at]!];
          }
          found.push(best);
        }
      }
    }
    return Int32Array.from(found);
  };
