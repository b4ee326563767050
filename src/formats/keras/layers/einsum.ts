import type { Value } from "../../../graph/builder.ts";
import type { LayerCall } from "./layer-call.ts";

interface Labelled {
  readonly value: Value;
  readonly labels: readonly string[];
}

/** The labels of a term; those of an ellipsis are counted from the last. */
function labelsOf(c: LayerCall, term: string, rank: number): string[] {
  const [before = "", after] = term.split("...");
  if (after === undefined)
    return before.length === rank ? [...before] : c.refuse(`"${term}" does not name the ${rank} axes of its operand`);
  const hidden = rank - before.length - after.length;
  if (hidden < 0) c.refuse(`"${term}" names more axes than its operand has`);
  return [...before, ...Array.from({ length: hidden }, (_, i) => `.${hidden - i}`), ...after];
}

/**
 * Einstein summation of two operands: labels of both that the result lacks are summed, as one matrix product per batch of the
 * labels that all three share.
 */
export function einsumPair(c: LayerCall, equation: string, x: Value, y: Value): Value {
  const match = /^([\w.]+),([\w.]+)->([\w.]*)$/.exec(equation.replaceAll(" ", ""));
  if (!match) return c.refuse(`the equation "${equation.slice(0, 80)}" is not one of two operands`);
  const left = summed(c, { value: x, labels: labelsOf(c, match[1]!, x.shape.length) }, [match[2]!, match[3]!].join(""));
  const right = summed(
    c,
    { value: y, labels: labelsOf(c, match[2]!, y.shape.length) },
    [match[1]!, match[3]!].join(""),
  );
  if ([left, right].some(({ labels }) => new Set(labels).size < labels.length))
    c.refuse(`"${equation}" repeats a label`);
  const hidden = Math.max(
    0,
    ...[...left.labels, ...right.labels]
      .filter((label) => label.startsWith("."))
      .map((label) => Number(label.slice(1))),
  );
  const [before = "", after] = match[3]!.split("...");
  const result =
    after === undefined
      ? [...before]
      : [...before, ...Array.from({ length: hidden }, (_, i) => `.${hidden - i}`), ...after];
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const batch = shared.filter((label) => result.includes(label));
  const inner = shared.filter((label) => !result.includes(label));
  const rows = left.labels.filter((label) => !shared.includes(label));
  const columns = right.labels.filter((label) => !shared.includes(label));
  const extent = (label: string): number => (sizeAlong(left, label) ?? sizeAlong(right, label))!;
  const total = (labels: readonly string[]): number => labels.reduce((n, label) => n * extent(label), 1);
  const block = (operand: Labelled, order: readonly string[], last: readonly [number, number]): Value =>
    c.b.reshape(arranged(c, operand, order), batch.length > 0 ? [total(batch), ...last] : [...last]);
  const [m, k, n] = [total(rows), total(inner), total(columns)];
  const product = c.b.matmul(
    block(left, [...batch, ...rows, ...inner], [m, k]),
    block(right, [...batch, ...inner, ...columns], [k, n]),
  );
  const labels = [...batch, ...rows, ...columns];
  return arranged(c, { value: c.b.reshape(product, labels.map(extent)), labels }, result);
}

/** Without the axes that occur nowhere else. */
function summed(c: LayerCall, { value, labels }: Labelled, others: string): Labelled {
  const lost = labels.flatMap((label, axis) => (label.startsWith(".") || others.includes(label) ? [] : [axis]));
  return { value: c.b.sum(value, lost), labels: labels.filter((_, axis) => !lost.includes(axis)) };
}

function sizeAlong({ value, labels }: Labelled, label: string): number | undefined {
  const axis = labels.indexOf(label);
  return axis === -1 ? undefined : value.shape[axis];
}

function arranged(c: LayerCall, { value, labels }: Labelled, order: readonly string[]): Value {
  if (labels.length !== order.length || order.some((label) => !labels.includes(label)))
    c.refuse("its equation's result names axes that no operand has");
  return c.b.transpose(
    value,
    order.map((label) => labels.indexOf(label)),
  );
}
