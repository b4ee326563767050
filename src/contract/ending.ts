import { array64, type Array64 } from "../graph/array64.ts";
import { evaluate } from "../graph/evaluate.ts";
import { producers, typeOf, type Graph, type Node, type ValueName } from "../graph/graph.ts";
import { coreOperators, traitsOf } from "../graph/ops/table.ts";
import { cut } from "../graph/transform/cut.ts";
import { isFloat } from "../tensor/dtype.ts";
import { Random } from "../tensor/random.ts";
import { sizeOf, stridesOf, type Shape } from "../tensor/shape.ts";
import { sigmoid, softmax } from "../tensor/softmax.ts";

/** What the last step of a network makes of its scores. */
export interface Ending {
  readonly is: EndingName;
  /** What it is applied to. */
  readonly scores: ValueName;
  /** The axis of `scores` along which it works; unset for elementwise ones. */
  readonly axis: number | undefined;
  /** Whether a single operator is this function, or a chain of them was run and found to be equal to it. */
  readonly known: "operator" | "measured";
}

export type EndingName = "softmax" | "log-softmax" | "sigmoid" | "unit-length" | "argmax" | "tanh" | "rectified";

/** The last step is looked for among this many operators. */
const longestTail = 16;
/** A tail with more numbers than this is recognised by its operators only, because running it would take a while. */
const mostMeasured = 2 ** 20;
/** A function is compared on at least this many numbers, in several draws where a sample has fewer. */
const fewestNumbers = 32;
/** Equal up to the rounding of float32 constants, and to the small offset of `log(p + 1e-7)`. */
const tolerance = 1e-4;

/**
 * The last step behind an output, whatever it is made of: softmax as an operator, written out as exp(x − max)/Σ, as the
 * exponential of a log-softmax, clipped, reshaped. Each value from which alone the output follows is tried: random
 * numbers are put there, the rest of the graph is run on them in float64, and the result is compared with the function.
 * The earliest value that fits is taken, so that what does not change the result belongs to the tail.
 */
export function endingOf(graph: Graph, output: ValueName): Ending | undefined {
  const single = byOperator(graph, output);
  const candidates = bottlenecks(graph, output);
  const earliest = candidates.at(-1);
  if (earliest === undefined) return single;
  const tail = cut(graph, [earliest], [output], coreOperators);
  let found = single;
  for (const candidate of candidates) {
    const here = measured(tail, candidate, output, found?.scores === candidate ? found.known : "measured");
    // Much else leaves the largest number the largest, so the scores are those right before.
    if (here?.is === "argmax") return beforeArgmax(graph, here);
    found = here ?? found;
  }
  return found;
}

/** The largest probability is the largest score. */
function beforeArgmax(graph: Graph, argmax: Ending): Ending {
  const scores = endingOf(graph, argmax.scores);
  return scores?.is === "softmax" || scores?.is === "log-softmax" || scores?.is === "sigmoid"
    ? { ...argmax, scores: scores.scores }
    : argmax;
}

/** A trait says it, behind operators that only arrange the numbers differently. */
function byOperator(graph: Graph, output: ValueName): Ending | undefined {
  const made = producers(graph);
  for (let node = made.get(output); node; node = made.get(node.inputs[0] ?? "")) {
    const traits = traitsOf(node.op);
    const scores = node.inputs[0]!;
    if (traits?.probabilities !== undefined) {
      const given = Number(node.attributes["axis"] ?? -1);
      const rank = typeOf(graph, scores).shape.length;
      const axis = traits.probabilities === "sigmoid" ? undefined : given < 0 ? given + rank : given;
      return { is: traits.probabilities, scores, axis, known: "operator" };
    }
    if (!traits?.keepsOrder) return undefined;
  }
  return undefined;
}

/**
 * The values that every path from the input to `output` goes through, the last first: as far back as there are no
 * weights, because the last step has none.
 */
function bottlenecks(graph: Graph, output: ValueName): readonly ValueName[] {
  const made = producers(graph);
  const position = new Map(graph.nodes.map((node, i) => [node, i]));
  const found: ValueName[] = [];
  // Values that are still needed; as soon as one alone is left, everything follows from it.
  const needed = new Set<ValueName>([output]);
  let elements = 0;
  for (let steps = 0; steps < longestTail; steps++) {
    const next = [...needed]
      .flatMap((name) => made.get(name) ?? [])
      .reduce<Node | undefined>((a, b) => (a && position.get(a)! > position.get(b)! ? a : b), undefined);
    if (next === undefined || !isTail(graph, next)) break;
    elements += next.outputs.reduce((sum, name) => sum + sizeOf(typeOf(graph, name).shape), 0);
    if (elements > mostMeasured) break;
    for (const name of next.outputs) needed.delete(name);
    for (const name of next.inputs) if (name !== null && !graph.constants.has(name)) needed.add(name);
    const [only] = needed;
    if (needed.size === 1 && isFloat(typeOf(graph, only!).dtype)) found.push(only!);
  }
  return found;
}

const weighing = new Set(["linear", "pools", "recurrent"]);

function isTail(graph: Graph, { op, inputs }: Node): boolean {
  const kind = traitsOf(op)?.kind;
  const weights = inputs.some((name) => name !== null && sizeOf(graph.constants.get(name)?.shape ?? []) > 1);
  return kind !== undefined && !weighing.has(kind) && !weights;
}

function measured(graph: Graph, from: ValueName, to: ValueName, known: Ending["known"]): Ending | undefined {
  const { dtype, shape } = typeOf(graph, from);
  const part = cut(graph, [from], [to], coreOperators);
  const draws = Math.max(1, Math.ceil(fewestNumbers / sizeOf(shape)));
  const found = Array.from({ length: draws }, (_, seed): Omit<Ending, "known" | "scores"> | undefined => {
    const random = new Random(seed);
    const x = array64(
      dtype,
      shape,
      Float64Array.from({ length: sizeOf(shape) }, () => 2 * random.normal()),
    );
    const y = evaluate(part, new Map([[from, x]]), coreOperators).get(to)!;
    return functionOf(x, y);
  });
  const [first] = found;
  return first && found.every((each) => each?.is === first.is && each.axis === first.axis)
    ? { ...first, scores: from, known }
    : undefined;
}

/** The function that gives `y` of `x`, if it is one of those that networks end in. */
function functionOf(x: Array64, y: Array64): Omit<Ending, "known" | "scores"> | undefined {
  const { shape } = x;
  for (const [is, f] of Object.entries(elementwise) as [keyof typeof elementwise, (v: number) => number][])
    if (close(y.data, x.data.map(f))) return { is, axis: undefined };
  for (let axis = shape.length - 1; axis >= 1; axis--) {
    if (shape[axis] === 1) continue;
    for (const [is, f] of Object.entries(alongAxis) as [keyof typeof alongAxis, Line][])
      if (close(y.data, overLines(x, axis, f))) return { is, axis };
    if (!isFloat(y.dtype) && close(y.data, largestOf(x, axis))) return { is: "argmax", axis };
  }
  return undefined;
}

const elementwise = {
  sigmoid,
  tanh: Math.tanh,
  rectified: (value: number) => Math.max(0, value),
} as const satisfies Partial<Record<EndingName, (value: number) => number>>;

type Line = (line: Float64Array) => Float64Array;

const alongAxis = {
  softmax,
  "log-softmax": (line) => softmax(line).map(Math.log),
  "unit-length": (line) => {
    const length = Math.hypot(...line);
    return line.map((value) => value / length);
  },
} as const satisfies Partial<Record<EndingName, Line>>;

function close(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) <= tolerance * (1 + Math.abs(b[i]!)));
}

/** Every line along an axis through `f`. */
function overLines({ shape, data }: Array64, axis: number, f: Line): Float64Array {
  const out = new Float64Array(data.length);
  for (const { start, stride, length } of lines(shape, axis)) {
    const made = f(Float64Array.from({ length }, (_, i) => data[start + i * stride]!));
    made.forEach((value, i) => (out[start + i * stride] = value));
  }
  return out;
}

const largestOf = ({ shape, data }: Array64, axis: number): Float64Array =>
  Float64Array.from(lines(shape, axis), ({ start, stride, length }) => {
    let best = 0;
    for (let i = 1; i < length; i++) if (data[start + i * stride]! > data[start + best * stride]!) best = i;
    return best;
  });

function* lines(shape: Shape, axis: number): Generator<{ start: number; stride: number; length: number }> {
  const stride = stridesOf(shape)[axis]!;
  const length = shape[axis]!;
  const blocks = sizeOf(shape) / (length * stride);
  for (let block = 0; block < blocks; block++)
    for (let inner = 0; inner < stride; inner++) yield { start: block * length * stride + inner, stride, length };
}
