import type { Value } from "../../../graph/builder.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { Law, LayerCall } from "./layer-call.ts";
import { inKerasOrder, withChannelsFirst, type LayerTensor } from "./layer-tensor.ts";

/** One number for each channel, shaped to stand along `axis` of a value. */
const along = (value: Value, axis: number): number[] => value.shape.map((extent, i) => (i === axis ? extent : 1));

function onlyAxis(c: LayerCall): number {
  const list = c.config.integers("axis");
  if (list && list.length !== 1) c.refuse("it normalizes several axes at once");
  return list ? list[0]! : c.config.integer("axis", -1);
}

/** γ(x − μ)/√(σ² + ε) + β with the moving mean and variance: a scale and a shift of each channel (Ioffe, Szegedy 2015). */
const batchNormalization: Law = (c) => {
  if (c.config.flag("renorm", false)) c.refuse("it renormalizes, which is not supported");
  const { value } = c.x;
  const axis = c.axis(onlyAxis(c));
  const channels = value.shape[axis]!;
  const epsilon = c.config.number("epsilon", 1e-3);
  const [scale, center] = [c.config.flag("scale", true), c.config.flag("center", true)];
  for (const variable of [...(scale ? ["gamma"] : []), ...(center ? ["beta"] : []), "moving_mean", "moving_variance"])
    c.weight(variable, [channels]);
  const shape = along(value, axis);
  const factor = c.computed(
    ["moving_variance", ...(scale ? ["gamma"] : [])],
    `scale ${epsilon} ${shape.join()}`,
    shape,
    (variance, gamma) => variance!.map((v, i) => (gamma?.[i] ?? 1) / Math.sqrt(v + epsilon)),
  );
  const offset = c.computed(
    ["moving_mean", "moving_variance", ...(scale ? ["gamma"] : []), ...(center ? ["beta"] : [])],
    `shift ${epsilon} ${shape.join()}`,
    shape,
    (mean, variance, ...rest) => {
      const gamma = scale ? rest[0] : undefined;
      const beta = center ? rest[scale ? 1 : 0] : undefined;
      return mean!.map((m, i) => (beta?.[i] ?? 0) - (m * (gamma?.[i] ?? 1)) / Math.sqrt(variance![i]! + epsilon));
    },
  );
  return c.like(c.b.add(c.b.mul(value, factor), offset));
};

/** (x − mean)/√(variance + ε) over axes of the value. */
function standardized(c: LayerCall, x: Value, axes: readonly number[], epsilon: number): Value {
  const mean = c.apply("ReduceMean", [x], { axes, keepdims: true });
  const centred = c.b.sub(x, mean);
  const variance = c.apply("ReduceMean", [c.b.mul(centred, centred)], { axes, keepdims: true });
  return c.b.div(centred, c.apply("Sqrt", [c.b.shift(variance, epsilon)]));
}

const axesOf = (c: LayerCall): readonly number[] => c.config.integers("axis") ?? [c.config.integer("axis", -1)];

/** Over the axes of each sample, with a scale and an offset for each place of them (Ba, Kiros, Hinton 2016). */
const layerNormalization: Law = (c) => {
  if (c.config.flag("rms_scaling", false)) c.refuse("it scales by the variance (rms_scaling), which is not supported");
  const x = c.last;
  const rank = x.shape.length;
  const axes = [...axesOf(c)].map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  if (axes.some((axis) => axis < 0 || axis >= rank)) c.refuse("its axis is not one of its input's");
  const epsilon = c.config.number("epsilon", 1e-3);
  const [scale, center] = [c.config.flag("scale", true), c.config.flag("center", true)];
  const sizes = axes.map((axis) => x.shape[axis]!);
  const trailing = axes.every((axis, i) => axis === rank - axes.length + i);
  if (trailing && scale) {
    const gamma = c.weight("gamma", sizes);
    const inputs = center ? [x, gamma, c.weight("beta", sizes)] : [x, gamma];
    return c.keras(c.apply("LayerNormalization", inputs, { axis: axes[0], epsilon }), c.x.mask);
  }
  const places = x.shape.map((extent, axis) => (axes.includes(axis) ? extent : 1));
  const normal = standardized(c, x, axes, epsilon);
  const scaled = scale
    ? c.b.mul(
        normal,
        c.arranged(
          "gamma",
          axes.map((_, i) => i),
          places,
        ),
      )
    : normal;
  return c.keras(
    center
      ? c.b.add(
          scaled,
          c.arranged(
            "beta",
            axes.map((_, i) => i),
            places,
          ),
        )
      : scaled,
    c.x.mask,
  );
};

/** x/√(mean x² + ε) · scale over the axis and those after it (Zhang, Sennrich 2019). */
const rmsNormalization: Law = (c) => {
  const x = c.last;
  const rank = x.shape.length;
  const axes = axesOf(c).map((axis) => (axis < 0 ? axis + rank : axis));
  const mean = c.apply("ReduceMean", [c.b.mul(x, x)], { axes, keepdims: true });
  const normal = c.b.div(x, c.apply("Sqrt", [c.b.shift(mean, c.config.number("epsilon", 1e-6))]));
  const places = x.shape.map((extent, axis) => (axes.includes(axis) ? extent : 1));
  return c.keras(
    c.b.mul(
      normal,
      c.arranged(
        "scale",
        axes.map((_, i) => i),
        places,
      ),
    ),
    c.x.mask,
  );
};

/** Over groups of neighbouring channels and all places (Wu, He 2018). */
const groupNormalization: Law = (c) => {
  const axis = c.config.integer("axis", -1);
  const rank = c.x.value.shape.length;
  const second = axis === 1 || axis === 1 - rank;
  const isLast = axis === -1 || axis === rank - 1;
  if (!isLast && !second) c.refuse("its axis is neither the last nor the second");
  const x = isLast && rank > 2 ? withChannelsFirst(c.b, c.x) : inKerasOrder(c.b, c.x);
  const channels = x.shape[1]!;
  const groups = c.config.integer("groups", 32);
  const count = groups === -1 ? channels : groups;
  if (count < 1 || channels % count !== 0) c.refuse(`${channels} channels do not split into ${count} groups`);
  const ones = (value: number): Value => c.constant([channels], new Float64Array(channels).fill(value));
  const gamma = c.config.flag("scale", true) ? c.weight("gamma", [channels]) : ones(1);
  const beta = c.config.flag("center", true) ? c.weight("beta", [channels]) : ones(0);
  const flat = c.b.reshape(x, [x.shape[0]!, channels, sizeOf(x.shape.slice(2))]);
  const epsilon = c.config.number("epsilon", 1e-3);
  const value = c.b.reshape(
    c.apply("GroupNormalization", [flat, gamma, beta], { num_groups: count, epsilon }),
    x.shape,
  );
  return { value, channelsFirst: isLast && rank > 2, mask: c.x.mask };
};

/** x/√max(Σ x², 1e-12) over the axes. */
const unitNormalization: Law = (c) => {
  const x: LayerTensor = c.x;
  const axes = axesOf(c).map((axis) => c.axis(axis));
  const square = c.b.sum(c.b.mul(x.value, x.value), axes, true);
  const bounded = c.apply("Clip", [square], { min: 1e-12 });
  return c.like(c.b.div(x.value, c.apply("Sqrt", [bounded])));
};

export const normalizations: Readonly<Record<string, Law>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  GroupNormalization: groupNormalization,
  UnitNormalization: unitNormalization,
};
