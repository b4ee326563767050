import type { OperatorTable } from "../builder.ts";
import type { AnyOperator } from "../operator.ts";
import { add, div, mod, mul, pow, sub } from "./arithmetic.ts";
import { logSoftmax, softmax } from "./softmax.ts";

/** The closed core. Everything else is lowered into it at import. */
const all: readonly AnyOperator[] = [
  add, sub, mul, div, pow, mod,
  softmax, logSoftmax,
];

export const coreOperators: OperatorTable = new Map(all.map((operator) => [operator.name, operator]));
