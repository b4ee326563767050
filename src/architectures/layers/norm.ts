import type { Value } from "../../graph/builder.ts";
import { site, type Context } from "./context.ts";
import type { Parameters } from "./parameters.ts";

/** A family's norm over the last axis. `at` names its sites, `name` its weights. */
export type Norm = (c: Context, at: string, name: string, x: Value) => Value;

export const rmsNorms =
  (parameters: Parameters, epsilon: number): Norm =>
  (c, at, name, x) =>
    rmsNorm(c, at, x, parameters.value(c, `${name}.weight`, [x.shape.at(-1)!]), epsilon);

export const layerNorms =
  (parameters: Parameters, epsilon: number): Norm =>
  (c, at, name, x) => {
    const features = [x.shape.at(-1)!];
    const weight = parameters.value(c, `${name}.weight`, features);
    return layerNorm(c, at, x, weight, parameters.value(c, `${name}.bias`, features), epsilon);
  };

/** RMSNorm (Zhang, Sennrich 2019): x / √(mean x² + ε) ⊙ w. */
export function rmsNorm(c: Context, name: string, x: Value, w: Value, epsilon: number): Value {
  const { b } = c;
  const square = b.apply("ReduceMean", [b.mul(x, x)], { axes: [x.shape.length - 1], keepdims: true });
  return b.mul(scaled(c, name, x, b.shift(square, epsilon)), w);
}

/** LayerNorm (Ba, Kiros, Hinton 2016): (x − mean x) / √(var x + ε) ⊙ w + bias. */
export function layerNorm(c: Context, name: string, x: Value, w: Value, bias: Value, epsilon: number): Value {
  const { b } = c;
  const axes = [x.shape.length - 1];
  const centred = b.sub(x, b.apply("ReduceMean", [x], { axes, keepdims: true }));
  const variance = b.apply("ReduceMean", [b.mul(centred, centred)], { axes, keepdims: true });
  return b.add(b.mul(scaled(c, name, centred, b.shift(variance, epsilon)), w), bias);
}

/** x / √s, with both as sites: `hook_normalized` is before the weight, as in TransformerLens after folding. */
function scaled(c: Context, name: string, x: Value, s: Value): Value {
  const scale = site(c, `${name}.hook_scale`, c.b.apply("Sqrt", [s]), "scale");
  return site(c, `${name}.hook_normalized`, c.b.div(x, scale), "normalized");
}
