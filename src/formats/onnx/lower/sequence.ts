import { normalizeAxis } from "../../../tensor/shape.ts";
import type { Value } from "../../../graph/builder.ts";
import type { LoweringContext, Lowerings } from "./context.ts";

/**
 * A sequence of known length is only a list of values at import. It travels through the graph's names
 * as a token: a constant that nothing computes with, under whose name the session keeps the list.
 */
function sequence(c: LoweringContext, items: readonly Value[]): Value {
  const token = c.constant("bool", [], [0]);
  c.session.sequences.set(token.name, items);
  return token;
}

const itemsOf = (c: LoweringContext, index: number): readonly Value[] =>
  c.session.sequences.get(c.input(index).name) ?? c.refuse("the length of its sequence is not known");

const place = (c: LoweringContext, index: number, length: number, what: string): number => {
  const given = c.number(index, what) ?? length;
  return given < 0 ? given + length : given;
};

function split(c: LoweringContext): Value {
  const x = c.input(0);
  const axis = c.axis("axis", 0);
  const extent = x.shape[axis]!;
  const given = c.numbers(1, "split");
  const chunk = given === undefined ? 1 : c.input(1).shape.length === 0 ? given[0]! : undefined;
  const lengths =
    chunk === undefined
      ? given!
      : Array.from({ length: Math.ceil(extent / chunk) }, (_, i) => Math.min(chunk, extent - i * chunk));
  let start = 0;
  return sequence(
    c,
    lengths.map((length) => {
      const part = c.b.slice(x, [axis], [start], [start + length]);
      start += length;
      const dropped = given === undefined && !c.flag("keepdims", true);
      return dropped
        ? c.b.reshape(
            part,
            part.shape.filter((_, i) => i !== axis),
          )
        : part;
    }),
  );
}

function concatenated(c: LoweringContext): Value {
  const items = itemsOf(c, 0);
  const [first] = items;
  if (first === undefined) return c.refuse("its sequence is empty");
  if (!c.flag("new_axis")) return c.b.concat(items, c.axis("axis", 0, first.shape.length));
  const axis = normalizeAxis(c.integer("axis", 0), first.shape.length + 1);
  return c.b.concat(
    items.map((item) => c.b.reshape(item, [...item.shape.slice(0, axis), 1, ...item.shape.slice(axis)])),
    axis,
  );
}

export const sequences: Lowerings = {
  SequenceEmpty: (c) => sequence(c, []),
  SequenceConstruct: (c) =>
    sequence(
      c,
      c.inputs.map((_, i) => c.input(i)),
    ),
  SequenceAt: (c) => {
    const items = itemsOf(c, 0);
    return items[place(c, 1, items.length, "position")] ?? c.refuse(`its sequence has only ${items.length} values`);
  },
  SequenceLength: (c) => c.constant("int64", [], [itemsOf(c, 0).length]),
  SequenceInsert: (c) => {
    const items = itemsOf(c, 0);
    return sequence(c, items.toSpliced(place(c, 2, items.length, "position"), 0, c.input(1)));
  },
  SequenceErase: (c) => {
    const items = itemsOf(c, 0);
    return sequence(c, items.toSpliced(place(c, 1, items.length, "position") - (c.optional(1) ? 0 : 1), 1));
  },
  SplitToSequence: split,
  ConcatFromSequence: concatenated,
  Optional: (c) => c.input(0),
  OptionalGetElement: (c) => c.input(0),
  OptionalHasElement: (c) => c.constant("bool", [], [c.optional(0) ? 1 : 0]),
};
