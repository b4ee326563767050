import type { Shape } from "../../tensor/shape.ts";
import { extentOf, sameAxis, type Axes, type Axis } from "./axis.ts";
import { allAre, isPosition, meaningOf, wide, type AxisFlow, type AxisLaw } from "./flow-law.ts";

/** Elementwise operators: the axes of what is broadcast together. */
export const combines: AxisLaw<unknown> = (flow) => [broadcastAxes(flow, flow.inputs, flow.outputShapes[0]!)];

/** Operators that keep the axes of their first input. */
export const keeps: AxisLaw<unknown> = (flow) => flow.outputShapes.map(() => flow.inputs[0] ?? []);

export function broadcastAxes(flow: AxisFlow, inputs: readonly (Axes | undefined)[], shape: Shape): Axes {
  return shape.map((extent, i) =>
    combined(
      flow,
      inputs.flatMap((axes) => {
        const axis = axes?.[axes.length - shape.length + i];
        return axis === undefined ? [] : [axis];
      }),
      extent,
    ),
  );
}

/**
 * One axis of several that are added, multiplied or joined. What is known names what is not: a token mixer's result means
 * tokens because they are added to it. Two that mean different things make an unknown one.
 */
export function combined(flow: AxisFlow, candidates: readonly Axis[], extent: number): Axis {
  const fitting = candidates.filter((axis) => extentOf(axis) === extent);
  if (extent === 1) return fitting.find((axis) => axis.length > 0) ?? [];
  const [best, ...others] = fitting
    .map((axis) => ({ axis, certainty: certaintyOf(flow, axis) }))
    .sort((a, b) => b.certainty - a.certainty);
  if (best === undefined) return flow.make("unknown", extent);
  const rivals = others.filter(({ certainty }) => certainty >= 2);
  return rivals.every(({ axis }) => agree(flow, best.axis, axis)) ? best.axis : flow.make("unknown", extent);
}

/** 0 free, 1 unknown, 2 known with a free digit, 3 known, 4 known as a product of positions. */
function certaintyOf(flow: AxisFlow, axis: Axis): number {
  const meanings = wide(axis).map((factor) => flow.meaning(factor));
  if (meanings.includes("unknown")) return 1;
  const known = meanings.filter((meaning) => meaning !== "free");
  if (known.length === 0) return 0;
  if (known.length < meanings.length) return 2;
  return meaningOf(flow, axis) === "token" && (wide(axis).length > 1 || axis.some(({ root }) => root.parts)) ? 4 : 3;
}

function agree(flow: AxisFlow, a: Axis, b: Axis): boolean {
  if (sameAxis(a, b)) return true;
  const positions = allAre(flow, a, isPosition) && allAre(flow, b, isPosition);
  const [one, other] = [meaningOf(flow, a), meaningOf(flow, b)];
  if (sidesOf(a) !== sidesOf(b)) return false;
  return one === other || (positions && (one === "token" || other === "token")) || headAndChannel(one, other);
}

const headAndChannel = (a: string, b: string): boolean => [a, b].every((m) => m === "head" || m === "channel");

const sidesOf = (axis: Axis): string => [...new Set(axis.map(({ side }) => side?.side ?? ""))].sort().join();
