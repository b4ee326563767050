/** TensorFlow's names, and Keras's other ones, for functions that are known under another name. */
const synonyms: Readonly<Record<string, string>> = {
  true_divide: "divide",
  truediv: "divide",
  div: "divide",
  divide_no_nan: "divide",
  floordiv: "floor_divide",
  sub: "subtract",
  mul: "multiply",
  bias_add: "add",
  add_v2: "add",
  pow: "power",
  abs: "absolute",
  neg: "negative",
  reduce_mean: "mean",
  reduce_sum: "sum",
  reduce_max: "max",
  reduce_min: "min",
  amax: "max",
  amin: "min",
  reduce_prod: "prod",
  reduce_std: "std",
  reduce_variance: "var",
  reduce_logsumexp: "logsumexp",
  reduce_any: "any",
  reduce_all: "all",
  concat: "concatenate",
  gather: "take",
  getitem: "get_item",
  clip_by_value: "clip",
  l2_normalize: "normalize",
  swish: "silu",
  reverse: "flip",
  arg_max: "argmax",
  arg_min: "argmin",
  asin: "arcsin",
  acos: "arccos",
  atan: "arctan",
};

/** `TrueDivide`, `math.truediv` and `__operators__.truediv` are one function. */
export function operationName(called: string): string {
  const last = called.split(".").at(-1)!;
  const snake = last.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  return Object.hasOwn(synonyms, snake) ? synonyms[snake]! : snake;
}
