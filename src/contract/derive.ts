import { Builder, type Value } from "../graph/builder.ts";
import type { Graph, ValueName } from "../graph/graph.ts";
import { coreOperators } from "../graph/ops/table.ts";
import type { OutputKind } from "../protocol/contract.ts";
import { sizeOf } from "../tensor/shape.ts";
import type { FoundHead, HeadPart } from "./found-head.ts";

/** The values that targets read. */
export interface DerivedValues {
  readonly graph: Graph;
  /** [batch, channel, position…]. */
  readonly scores: ValueName;
  /** What the scores mean as probabilities, in their shape; unset where they mean none. */
  readonly probabilities: ValueName | undefined;
  /** The output scaled to length 1, [batch, channel]; only of vectors. */
  readonly direction: ValueName | undefined;
  /** The other heads' scores, in their order. */
  readonly others: readonly ValueName[];
}

/**
 * Adds the values that targets read to a network's graph. Only what is not there yet is added, and programs leave out
 * what they do not read.
 */
export function derive(graph: Graph, [head, ...others]: readonly [FoundHead, ...FoundHead[]]): DerivedValues {
  const b = Builder.extend(graph, coreOperators);
  b.origin = "contract";
  const scores = scoresOf(b, head);
  const probabilities = probabilitiesOf(b, scores, head.kind.value);
  const direction = scores.shape.length === 2 ? unitLength(b, scores) : undefined;
  return {
    graph: { ...b.finish([]), outputs: graph.outputs },
    scores: scores.name,
    probabilities: probabilities?.name,
    direction: direction?.name,
    others: others.map((other) => scoresOf(b, other).name),
  };
}

/** The parts' channels one after another. */
const scoresOf = (b: Builder, { parts, kind }: FoundHead): Value =>
  b.concat(
    parts.map((part) => channelFirst(b, part, kind.value)),
    1,
  );

/** [batch, channel, position…]: as it is where the channels come second already. */
function channelFirst(b: Builder, { value: name, channelAxis }: HeadPart, { is }: OutputKind): Value {
  const value = b.value(name);
  const { shape } = value;
  if (channelAxis === 1) return value;
  if (channelAxis === undefined || is === "classes" || is === "independent" || is === "number" || is === "embedding") {
    const batch = shape.length > 1 ? shape[0]! : 1;
    return b.reshape(value, [batch, sizeOf(shape) / batch]);
  }
  const others = shape.map((_, axis) => axis).filter((axis) => axis > 0 && axis !== channelAxis);
  return b.transpose(value, [0, channelAxis, ...others]);
}

function probabilitiesOf(b: Builder, scores: Value, kind: OutputKind): Value | undefined {
  switch (kind.is) {
    case "classes":
      return b.apply("Softmax", [scores], { axis: 1 });
    case "independent":
    case "binary":
      return b.apply("Sigmoid", [scores]);
    case "segmentation":
      return kind.exclusive ? b.apply("Softmax", [scores], { axis: 1 }) : b.apply("Sigmoid", [scores]);
    case "sequence":
      return kind.exclusive ? b.apply("Softmax", [scores], { axis: 1 }) : undefined;
    default:
      return undefined;
  }
}

/** x / ‖x‖ along the channels. */
function unitLength(b: Builder, x: Value): Value {
  const length = b.apply("Sqrt", [b.sum(b.mul(x, x), [1], true)]);
  return b.div(x, length);
}
