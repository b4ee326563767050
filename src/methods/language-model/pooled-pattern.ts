import type { Tensor } from "../../tensor/tensor.ts";

/** The maximum number of rows and columns in the overview of a head. */
const glanceSide = 64;

/**
 * 8-bit planes [head, query, key] of a pattern. If the prompt is longer than the side, each cell is the mean of a block of
 * positions. A plane's value times `scale` / 255 is the weight.
 */
export function pooledPattern(
  { data, shape }: Tensor,
  valueWeighted: boolean,
): { readonly planes: Uint8Array; readonly side: number; readonly scale: number } {
  const [heads, tokens] = shape as [number, number];
  const side = Math.min(tokens, glanceSide);
  const cells = new Float64Array(heads * side * side);
  const edge = (i: number): number => Math.floor((i * tokens) / side);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        let sum = 0;
        for (let query = edge(row); query < edge(row + 1); query++) {
          for (let key = edge(column); key < edge(column + 1); key++)
            sum += data[(head * tokens + query) * tokens + key] as number;
        }
        cells[(head * side + row) * side + column] =
          sum / ((edge(row + 1) - edge(row)) * (edge(column + 1) - edge(column)));
      }
    }
  }
  const scale = valueWeighted || side < tokens ? cells.reduce((max, value) => Math.max(max, value), 0) || 1 : 1;
  return { planes: Uint8Array.from(cells, (value) => Math.round((255 * value) / scale)), side, scale };
}
