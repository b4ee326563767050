import type { Check } from "../../protocol/result.ts";
import type { Points } from "../layout/neighbours.ts";
import { principalPlane } from "../layout/principal-plane.ts";
import { trustworthiness } from "../layout/trustworthiness.ts";
import type { Cell } from "./cells.ts";
import type { Collected } from "./collect.ts";
import type { AtlasOptions } from "./options.ts";

/** Trustworthiness sorts all pairs, so it is measured on this many activations at most. */
const mostMeasured = 1000;
const mostRanks = 15;

interface Made {
  readonly collected: Collected;
  readonly layout: Float64Array;
  readonly options: AtlasOptions;
  readonly cells: readonly Cell[];
}

/** The checks of an atlas: whether near means similar, and what the cells leave out. */
export function certificateOf({ collected, layout, options, cells }: Made): readonly Check[] {
  const { points, notFinite } = collected;
  const shown = cells.reduce((sum, { members }) => sum + members.length, 0);
  return [
    ...trust(points, layout, options),
    {
      id: "coverage",
      label: "coverage",
      status: notFinite > 0 ? "warn" : "info",
      value: `${shown} of ${points.count}`,
      sentence: `${shown} of ${points.count} activations lie in cells with at least ${options.least}.${notFinite > 0 ? ` ${notFinite} more are not finite and were left out.` : ""}`,
      numbers: { shown, activations: points.count, notFinite },
    },
  ];
}

function trust(points: Points, layout: Float64Array, { distance, seed }: AtlasOptions): Check[] {
  const chosen = Math.min(points.count, mostMeasured);
  const ranks = Math.min(mostRanks, Math.floor((chosen - 1) / 3));
  if (ranks < 1) return [];
  const rows = Array.from({ length: chosen }, (_, i) => Math.floor((i * points.count) / chosen));
  const { features, values } = points;
  const some: Points = {
    count: chosen,
    features,
    values: Float32Array.from(rows.flatMap((row) => Array.from(values.subarray(row * features, (row + 1) * features)))),
  };
  const plane = Float64Array.from(rows.flatMap((row) => [layout[row * 2]!, layout[row * 2 + 1]!]));
  const own = trustworthiness(some, plane, ranks, distance);
  const linear = trustworthiness(some, principalPlane(some, seed), ranks, distance);
  return [
    {
      id: "trustworthiness",
      label: "trustworthiness",
      status: own > linear ? "pass" : "warn",
      value: own.toFixed(3),
      sentence: `Of ${chosen} activations, the ${ranks} nearest in the layout are near in the layer too with a trustworthiness of ${own.toFixed(3)} (1 is best); the plane of the two first principal components has ${linear.toFixed(3)}.`,
      numbers: { trustworthiness: own, principalPlane: linear, neighbours: ranks, activations: chosen },
    },
  ];
}
