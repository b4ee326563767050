import { test } from "node:test";
import { near } from "../../../test/near.ts";
import { array64 } from "../../graph/array64.ts";
import { Builder } from "../../graph/builder.ts";
import { evaluate } from "../../graph/evaluate.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { resampled } from "./resampling.ts";
import { affineOf } from "./transforms.ts";

test("integer shifts and padding are exact; a rotation by 90° rotates", () => {
  const side = 6;
  const image = Float64Array.from({ length: side * side }, (_, i) => i + 1);
  const seen = (maps: readonly number[], output: readonly [number, number]): Float64Array => {
    const b = new Builder(coreOperators);
    const x = b.input("x", { dtype: "float64", shape: [1, 1, side, side] });
    const m = b.input("m", { dtype: "float64", shape: [1, 2, 3] });
    const graph = b.finish([resampled(b, x, m, output, b.scalar(-1, "float64"))]);
    return evaluate(
      graph,
      new Map([
        ["x", array64("float64", [1, 1, side, side], image)],
        ["m", array64("float64", [1, 2, 3], maps)],
      ]),
      coreOperators,
    ).get(graph.outputs[0]!)!.data;
  };
  const padded = (r: number, c: number): number =>
    r >= 0 && r < side && c >= 0 && c < side ? image[r * side + c]! : -1;
  const map = affineOf({ shift: [1, -2], scale: 1, degrees: 0, lastShift: [1, 0] }, [side, side], [8, 8]);
  near(
    seen(map, [8, 8]),
    Array.from({ length: 64 }, (_, i) => padded(Math.floor(i / 8) - 1 + 2, (i % 8) - 1 - 2)),
    1e-9,
  );
  const turned = affineOf({ shift: [0, 0], scale: 1, degrees: 90, lastShift: [0, 0] }, [side, side], [side, side]);
  near(
    seen(turned, [side, side]),
    Array.from({ length: 36 }, (_, i) => padded(side - 1 - (i % side), Math.floor(i / side))),
    1e-9,
  );
  const doubled = affineOf({ shift: [0, 0], scale: 2, degrees: 0, lastShift: [0, 0] }, [side, side], [side, side]);
  // A ramp is resampled exactly: rows and columns 2 and 3 of the output are a quarter of a pixel from the middle.
  near(seen(doubled, [side, side]).subarray(14, 16), [1 + 6 * 2.25 + 2.25, 1 + 6 * 2.25 + 2.75], 1e-9);
});
