import { isFloat } from "../tensor/dtype.ts";
import { Builder, type OperatorTable } from "./builder.ts";
import { evaluate } from "./evaluate.ts";
import { buildProgram, leavesOf, type Program } from "./random-graph.ts";

/**
 * Finds a small program that still `fails`: one that ends earlier, or that starts later, with a step's value as a leaf.
 * A wrong law shrinks to its operator alone.
 */
export function shrink(program: Program, operators: OperatorTable, fails: (program: Program) => boolean): Program {
  let smallest = reachable(program);
  for (;;) {
    const smaller = candidates(smallest, operators).find(fails);
    if (smaller === undefined) return smallest;
    smallest = smaller;
  }
}

/** Candidates for the next smaller program, the largest cuts first. */
function candidates(program: Program, operators: OperatorTable): Program[] {
  const values = valuesOf(program, operators);
  const steps = program.flatMap((entry, i) => ("leaf" in entry ? [] : [i]));
  const shorter = steps
    .slice(0, -1)
    .filter((i) => isFloat(values[i]!.dtype))
    .map((i) => reachable(program.slice(0, i + 1)));
  const later = steps
    .slice(0, -1)
    .reverse()
    .map((i) => reachable(program.map((entry, k) => (k === i ? { leaf: values[i]! } : entry))));
  return [...shorter, ...later].filter(({ length }) => length > 0);
}

function valuesOf(program: Program, operators: OperatorTable) {
  const b = new Builder(operators);
  const leaves = leavesOf(program);
  const values = buildProgram(
    b,
    program,
    leaves.map((leaf, i) => b.input(`x${i}`, leaf)),
  );
  const results = evaluate(b.finish(values), new Map(leaves.map((leaf, i) => [`x${i}`, leaf])), operators);
  return values.map(({ name }) => results.get(name)!);
}

/** Removes the entries that the last one does not need. */
export function reachable(program: Program): Program {
  const needed = new Set([program.length - 1]);
  for (let i = program.length - 1; i >= 0; i--) {
    const entry = program[i]!;
    if (needed.has(i) && !("leaf" in entry)) for (const input of entry.inputs) needed.add(input);
  }
  const kept = [...needed].sort((p, q) => p - q);
  const newIndex = new Map(kept.map((from, to) => [from, to]));
  return kept.map((i) => {
    const entry = program[i]!;
    return "leaf" in entry ? entry : { ...entry, inputs: entry.inputs.map((input) => newIndex.get(input)!) };
  });
}
