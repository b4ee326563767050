import type { Value } from "../../graph/builder.ts";
import type { Context } from "./context.ts";

export type Activation = (c: Context, x: Value) => Value;

const tanhGelu: Activation = ({ b }, x) => b.apply("Gelu", [x], { approximate: "tanh" });
const silu: Activation = ({ b }, x) => b.mul(x, b.apply("Sigmoid", [x]));

/** Activations by the names that transformers' configs use. */
export const activations = {
  /** The tanh approximation of GELU (Hendrycks, Gimpel 2016). */
  gelu_new: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
  gelu: ({ b }, x) => b.apply("Gelu", [x], { approximate: "none" }),
  relu: ({ b }, x) => b.apply("Relu", [x]),
  /** x · σ(x) (Elfwing, Uchibe, Doya 2017). */
  silu,
} as const satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof activations;
