import type { Value } from "../../../graph/builder.ts";
import type { LoweringContext } from "./context.ts";

interface Labelled {
  readonly value: Value;
  readonly labels: readonly string[];
}

/**
 * Einstein summation, two operands at a time: each becomes [batch, rows, summed] by transposing, one
 * MatMul multiplies them. Axes of the ellipsis get labels of their own, aligned at the end.
 */
export function einsum(c: LoweringContext, equation: string, values: readonly Value[]): Value {
  const [left = "", right] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  if (terms.length !== values.length)
    c.refuse(`"${equation}" names ${terms.length} operands, but there are ${values.length}`);
  const hidden = Math.max(
    ...terms.map((term, i) => (term.includes("...") ? values[i]!.shape.length - term.replace("...", "").length : 0)),
    0,
  );
  const labelled = terms
    .map((term, i) => labelsOf(term, values[i]!.shape.length))
    .map((labels, i) => diagonal(c, { value: values[i]!, labels }));
  const counts = new Map<string, number>();
  for (const term of terms)
    for (const label of term.replace("...", "")) counts.set(label, (counts.get(label) ?? 0) + 1);
  const implicit = `...${[...counts]
    .filter(([, count]) => count === 1)
    .map(([label]) => label)
    .sort()
    .join("")}`;
  const output = outputLabels(right ?? implicit, hidden);
  const product = labelled.slice(1).reduce((x, y, i) => {
    const later = new Set([...output, ...labelled.slice(i + 2).flatMap(({ labels }) => labels)]);
    return contract(c, x, y, later);
  }, labelled[0]!);
  return arranged(c, summedOver(c, product, new Set(output)), output);
}

function labelsOf(term: string, rank: number): string[] {
  const [before = "", after] = term.split("...");
  if (after === undefined) return [...before];
  const hidden = rank - before.length - after.length;
  return [...before, ...Array.from({ length: hidden }, (_, i) => `.${hidden - i}`), ...after];
}

function outputLabels(term: string, hidden: number): string[] {
  const [before = "", after] = term.split("...");
  return after === undefined
    ? [...before]
    : [...before, ...Array.from({ length: hidden }, (_, i) => `.${hidden - i}`), ...after];
}

/** An operand that repeats a label is read along the diagonal. */
function diagonal(c: LoweringContext, { value, labels }: Labelled): Labelled {
  const again = labels.findIndex((label, i) => labels.indexOf(label) !== i);
  if (again === -1) return { value, labels };
  const first = labels.indexOf(labels[again]!);
  const extent = value.shape[first]!;
  const mask = c.literal(
    value.dtype,
    value.shape.map((e, i) => (i === first || i === again ? e : 1)),
    (i) => (Math.floor(i / extent) === i % extent ? 1 : 0),
  );
  const kept = c.b.sum(c.b.mul(value, mask), [again]);
  return diagonal(c, { value: kept, labels: labels.filter((_, i) => i !== again) });
}

function summedOver(c: LoweringContext, { value, labels }: Labelled, kept: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, axis) => (kept.has(label) ? [] : [axis]));
  return { value: c.b.sum(value, axes), labels: labels.filter((label) => kept.has(label)) };
}

function contract(c: LoweringContext, x: Labelled, y: Labelled, later: ReadonlySet<string>): Labelled {
  const left = summedOver(c, x, new Set([...later, ...y.labels]));
  const right = summedOver(c, y, new Set([...later, ...x.labels]));
  const common = left.labels.filter((label) => right.labels.includes(label));
  const summed = common.filter((label) => !later.has(label));
  const batch = common.filter((label) => later.has(label));
  const rows = left.labels.filter((label) => !common.includes(label));
  const columns = right.labels.filter((label) => !common.includes(label));
  const extent = (label: string): number => Math.max(sizeAlong(left, label), sizeAlong(right, label));
  const total = (labels: readonly string[]): number => labels.reduce((n, label) => n * extent(label), 1);
  const block = (operand: Labelled, order: readonly string[], shape: readonly number[]): Value =>
    c.b.reshape(c.b.expand(arranged(c, operand, order), order.map(extent)), shape);
  const [n, m, k, p] = [total(batch), total(rows), total(summed), total(columns)];
  const product = c.b.matmul(
    block(left, [...batch, ...rows, ...summed], [n, m, k]),
    block(right, [...batch, ...summed, ...columns], [n, k, p]),
  );
  const labels = [...batch, ...rows, ...columns];
  return { value: c.b.reshape(product, labels.map(extent)), labels };
}

const sizeAlong = ({ value, labels }: Labelled, label: string): number => {
  const axis = labels.indexOf(label);
  return axis === -1 ? 1 : value.shape[axis]!;
};

const arranged = (c: LoweringContext, { value, labels }: Labelled, order: readonly string[]): Value => {
  if (labels.length !== order.length) c.refuse(`the labels ${order.join("")} do not all occur in an operand`);
  return c.b.transpose(
    value,
    order.map((label) => labels.indexOf(label)),
  );
};
