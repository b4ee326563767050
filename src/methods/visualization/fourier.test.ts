import { test } from "node:test";
import { near } from "../../../test/near.ts";
import { array64 } from "../../graph/array64.ts";
import { Builder } from "../../graph/builder.ts";
import { evaluate } from "../../graph/evaluate.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { Random } from "../../tensor/random.ts";
import { imageOfSpectrum, spectrumScale } from "./fourier.ts";

test("the image of a spectrum is the inverse discrete Fourier transform, for even and odd extents", () => {
  for (const [rows, columns] of [
    [4, 6],
    [5, 7],
    [6, 5],
  ] as const) {
    const half = Math.floor(columns / 2) + 1;
    const values = new Random(1).normals(2 * rows * half);
    const b = new Builder(coreOperators);
    const spectrum = b.input("s", { dtype: "float64", shape: [1, 1, 2 * rows, half] });
    const graph = b.finish([imageOfSpectrum(b, spectrum, columns, 1, 1)]);
    const image = evaluate(
      graph,
      new Map([["s", array64("float64", [1, 1, 2 * rows, half], values)]]),
      coreOperators,
    ).get(graph.outputs[0]!)!.data;
    const scale = spectrumScale(rows, columns, 1);
    const expected = Array.from({ length: rows * columns }, (_, i) => {
      const [r, c] = [Math.floor(i / columns), i % columns];
      let sum = 0;
      for (let k = 0; k < rows; k++) {
        for (let l = 0; l < half; l++) {
          const angle = 2 * Math.PI * ((k * r) / rows + (l * c) / columns);
          const twice = l === 0 || 2 * l === columns ? 1 : 2;
          sum +=
            twice *
            scale[k * half + l]! *
            (values[k * half + l]! * Math.cos(angle) - values[(rows + k) * half + l]! * Math.sin(angle));
        }
      }
      return sum / (rows * columns);
    });
    near(image, expected, 1e-12);
  }
});
