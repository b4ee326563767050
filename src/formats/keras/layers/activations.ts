import { activated, applyActivation, relu } from "./activation-functions.ts";
import type { Law, LayerCall } from "./layer-call.ts";
import { axisInValue } from "./layer-tensor.ts";

const optional = (c: LayerCall, key: string): number | undefined =>
  c.config.has(key) ? c.config.number(key) : undefined;

/** f(x) = x above 0, alpha·x below; alpha is learned, one for each place but for those of the shared axes (He et al. 2015). */
const prelu: Law = (c) => {
  const { x } = c;
  const shared = c.config.integers("shared_axes") ?? [];
  const rank = x.value.shape.length;
  const sizes = c.shape.slice(1).map((extent, i) => (shared.includes(i + 1) ? 1 : extent));
  c.weight("alpha", sizes);
  // The value's axes may stand in another order than the weight's.
  const perm = Array.from({ length: rank - 1 }, (_, i) => i).sort(
    (a, b) => axisInValue(x, a + 1) - axisInValue(x, b + 1),
  );
  return c.like(c.apply("PRelu", [x.value, c.arranged("alpha", perm)]));
};

/** Softmax over one axis or several; a mask takes what it leaves out away. */
const softmax: Law = (c) => {
  const axes = c.config.integers("axis") ?? [c.config.integer("axis", -1)];
  if (c.given("mask", 1)) c.refuse("it is called with a mask, which is not supported");
  if (axes.length === 1) return c.like(c.apply("Softmax", [c.x.value], { axis: c.axis(axes[0]!) }));
  const places = axes.map((axis) => c.axis(axis));
  const most = c.apply("ReduceMax", [c.x.value], { axes: places, keepdims: true });
  const exponentials = c.apply("Exp", [c.b.sub(c.x.value, most)]);
  return c.like(c.b.div(exponentials, c.b.sum(exponentials, places, true)));
};

export const activationLayers: Readonly<Record<string, Law>> = {
  Activation: (c) => activated(c, c.x),
  ReLU: (c) =>
    c.like(
      relu(
        c,
        c.x.value,
        c.config.number("negative_slope", 0),
        optional(c, "max_value"),
        c.config.number("threshold", 0),
      ),
    ),
  LeakyReLU: (c) =>
    c.like(relu(c, c.x.value, c.config.number("negative_slope", c.config.number("alpha", 0.3)), undefined, 0)),
  ELU: (c) => c.like(c.apply("Elu", [c.x.value], { alpha: c.config.number("alpha", 1) })),
  ThresholdedReLU: (c) => c.like(c.apply("ThresholdedRelu", [c.x.value], { alpha: c.config.number("theta", 1) })),
  PReLU: prelu,
  Softmax: softmax,
  SiLU: (c) => applyActivation(c, c.x, "silu"),
  GELU: (c) => applyActivation(c, c.x, "gelu"),
};
