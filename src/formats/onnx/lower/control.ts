import type { Value } from "../../../graph/builder.ts";
import type { LoweringContext, Lowerings } from "./context.ts";

const decide =
  "Its condition depends on the data: export the model with fixed input sizes, or trace it instead of scripting it.";

/** The branch that runs, where that is known at import. */
function branch(c: LoweringContext): readonly Value[] {
  const condition = c.known(0)?.data[0];
  if (condition === undefined) return c.refuse("which branch runs depends on the data", decide);
  return c.session.lowerGraph(c.graphAttribute(condition ? "then_branch" : "else_branch"), c.scope, []);
}

const mostIterations = 4096;

/** Unrolled: trip count and condition must be known as it goes. */
function loop(c: LoweringContext): readonly Value[] {
  const body = c.graphAttribute("body");
  const trips = c.optional(0) ? (c.number(0, "trip count") ?? Infinity) : Infinity;
  let condition: Value | null = c.optional(1);
  let carried = c.inputs.slice(2).map((value) => value ?? c.refuse("a carried value is missing"));
  const scanned: Value[][] = Array.from({ length: body.outputs.length - 1 - carried.length }, () => []);
  const running = (): boolean => {
    if (condition === null) return true;
    const known = c.session.known.of(condition);
    return known ? known.data[0] !== 0 : c.refuse("how often it runs depends on the data", decide);
  };
  for (let i = 0; i < trips && running(); i++) {
    if (i >= mostIterations) c.refuse(`it runs more than ${mostIterations} times`);
    const outputs = c.session.lowerGraph(body, c.scope, [
      c.b.scalar(i, "int64"),
      condition ?? c.b.scalar(1, "bool"),
      ...carried,
    ]);
    condition = outputs[0]!;
    carried = outputs.slice(1, 1 + carried.length);
    outputs.slice(1 + carried.length).forEach((value, k) => scanned[k]!.push(value));
  }
  c.session.notes.add("loops unrolled");
  return [...carried, ...scanned.map((values) => stacked(c, values, 0))];
}

function stacked(c: LoweringContext, values: readonly Value[], axis: number): Value {
  if (values.length === 0) return c.refuse("it never runs, so the type of what it collects is unknown");
  const rows = values.map((value) =>
    c.b.reshape(value, [...value.shape.slice(0, axis), 1, ...value.shape.slice(axis)]),
  );
  return c.b.concat(rows, axis);
}

/** Unrolled over the scanned axis. Before opset 9 each sample of a batch was scanned by itself. */
function scan(c: LoweringContext): readonly Value[] {
  const body = c.graphAttribute("body");
  const inputs = c.inputs
    .filter((_, i) => c.version >= 9 || i > 0)
    .map((value) => value ?? c.refuse("an input is missing"));
  const scans = c.integer("num_scan_inputs") ?? c.refuse("it has no number of scanned inputs");
  if (c.version < 9) {
    const samples = Array.from({ length: inputs[0]!.shape[0]! }, (_, i) =>
      overSteps(
        c,
        body,
        inputs.map((value) => c.b.reshape(c.b.slice(value, [0], [i], [i + 1]), value.shape.slice(1))),
        scans,
      ),
    );
    return samples[0]!.map((_, k) =>
      stacked(
        c,
        samples.map((outputs) => outputs[k]!),
        0,
      ),
    );
  }
  return overSteps(c, body, inputs, scans);
}

function overSteps(
  c: LoweringContext,
  body: ReturnType<LoweringContext["graphAttribute"]>,
  inputs: readonly Value[],
  scans: number,
): Value[] {
  const states = inputs.length - scans;
  let state = inputs.slice(0, states);
  const scanned = inputs.slice(states);
  const axes = scanned.map((value, i) => positive(c.integers("scan_input_axes")?.[i] ?? 0, value.shape.length));
  const backward = (list: string, i: number): boolean => c.integers(list)?.[i] === 1;
  const directions = c.version < 9 ? "directions" : "scan_input_directions";
  const length = scanned[0]!.shape[axes[0]!]!;
  const collected: Value[][] = Array.from({ length: body.outputs.length - states }, () => []);
  for (let step = 0; step < length; step++) {
    const slices = scanned.map((value, i) => {
      const at = backward(directions, i) ? length - 1 - step : step;
      const slice = c.b.slice(value, [axes[i]!], [at], [at + 1]);
      return c.b.reshape(
        slice,
        slice.shape.filter((_, axis) => axis !== axes[i]),
      );
    });
    const outputs = c.session.lowerGraph(body, c.scope, [...state, ...slices]);
    state = outputs.slice(0, states);
    outputs.slice(states).forEach((value, k) => collected[k]!.push(value));
  }
  c.session.notes.add("loops unrolled");
  return [
    ...state,
    ...collected.map((values, k) => {
      const ordered = backward("scan_output_directions", k) ? values.slice().reverse() : values;
      return stacked(c, ordered, positive(c.integers("scan_output_axes")?.[k] ?? 0, values[0]!.shape.length + 1));
    }),
  ];
}

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

export const control: Lowerings = { If: branch, Loop: loop, Scan: scan };
