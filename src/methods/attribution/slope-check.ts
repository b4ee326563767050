import type { Check } from "../../protocol/result.ts";
import { float32, toFloat64 } from "../../tensor/tensor.ts";
import type { RunContext } from "../analysis.ts";
import { rowsOf } from "../network.ts";
import type { OptionTable } from "../option.ts";

/** The intended change of the score in one step, as a share of the score: far above float32 rounding, and far below the distance of most kinks. */
const reach = 0.01;

/**
 * Compares the slope with the function itself: where F is linear, a step of length h along g in both directions satisfies
 * (F(x + h·g/‖g‖) − F(x − h·g/‖g‖)) / 2h = ‖g‖. The deviation shows how nonlinear the network is near this input, and so
 * how local the map is. Cost: two evaluations.
 */
export async function slopeCheck(
  { network, input, target }: Pick<RunContext<"picture", OptionTable>, "network" | "input" | "target">,
  score: number,
  slope: Float64Array,
): Promise<readonly Check[]> {
  const norm = Math.sqrt(slope.reduce((sum, value) => sum + value * value, 0));
  if (!Number.isFinite(norm) || norm === 0) return [];
  const step = (reach * Math.max(1, Math.abs(score))) / norm;
  const centre = toFloat64(input);
  const ends: number[] = [];
  // One sample at a time, with the program that computed the slope.
  for (const side of [step, -step]) {
    const moved = float32(
      input.shape,
      centre.map((value, i) => value + (side * slope[i]!) / norm),
    );
    for await (const { scores } of network.gradients(rowsOf(moved), target, { wrt: [network.source.input] }))
      ends.push(scores[0]!);
  }
  const found = (ends[0]! - ends[1]!) / (2 * step);
  const error = Math.abs(found - norm) / norm;
  const holds = error <= 0.1;
  const share = `${(100 * error).toPrecision(2)} %`;
  return [
    {
      id: "slope",
      label: "slope holds nearby",
      status: holds ? "pass" : "warn",
      value: `off by ${share}`,
      sentence: holds
        ? `Measured over a step that changes the target by ${(2 * step * norm).toPrecision(2)}, the slope matches the map within ${share}.`
        : `Measured over a step that changes the target by ${(2 * step * norm).toPrecision(2)}, the slope differs from the map by ${share}: the network is nonlinear here, and the map is valid only very close to this input. SmoothGrad averages over the nonlinearity.`,
      numbers: { norm, measured: found, error, step },
    },
  ];
}
