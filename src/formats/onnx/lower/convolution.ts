import { asInteger, real } from "./quantization.ts";
import type { Value } from "../../../graph/builder.ts";
import { otherwise, type LoweringContext, type Lowerings } from "./context.ts";
import { explicitPads } from "./pads.ts";

const ones = (rank: number): number[] => new Array<number>(rank).fill(1);

function convolved(c: LoweringContext, x: Value, w: Value, bias: Value | null): Value {
  const kernel = w.shape.slice(2);
  const strides = c.integers("strides") ?? ones(kernel.length);
  const dilations = c.integers("dilations") ?? ones(kernel.length);
  const pads = explicitPads(c, x.shape.slice(2), { kernel, strides, dilations });
  return c.apply("Conv", bias ? [x, w, bias] : [x, w], { strides, dilations, pads, group: c.integer("group", 1) });
}

/**
 * ConvTranspose: an output shape, or auto_pad, becomes pads. ONNX: total padding is
 * s(i − 1) + p_out + d(k − 1) + 1 − o, its larger half before unless SAME_UPPER.
 */
function transposed(c: LoweringContext): Value {
  const x = c.input(0);
  const w = c.input(1);
  const kernel = w.shape.slice(2);
  const rank = kernel.length;
  const strides = c.integers("strides") ?? ones(rank);
  const dilations = c.integers("dilations") ?? ones(rank);
  let extra = c.integers("output_padding") ?? kernel.map(() => 0);
  let pads = c.integers("pads") ?? [...kernel, ...kernel].map(() => 0);
  const auto = c.text("auto_pad", "NOTSET");
  const shape = c.integers("output_shape")?.slice(-rank);
  const wanted =
    shape ?? (auto.startsWith("SAME") ? x.shape.slice(2).map((extent, i) => extent * strides[i]!) : undefined);
  if (wanted) {
    const reach = x.shape
      .slice(2)
      .map((extent, i) => strides[i]! * (extent - 1) + extra[i]! + dilations[i]! * (kernel[i]! - 1) + 1);
    const total = reach.map((extent, i) => extent - wanted[i]!);
    extra = extra.map((padding, i) => padding + Math.max(0, -total[i]!));
    const whole = total.map((padding) => Math.max(0, padding));
    const begin = whole.map((padding) =>
      auto === "SAME_UPPER" ? Math.floor(padding / 2) : padding - Math.floor(padding / 2),
    );
    pads = [...begin, ...whole.map((padding, i) => padding - begin[i]!)];
  } else if (auto === "VALID") pads = pads.map(() => 0);
  const bias = c.optional(2);
  return c.apply("ConvTranspose", bias ? [x, w, bias] : [x, w], {
    strides,
    dilations,
    pads,
    output_padding: extra,
    group: c.integer("group", 1),
  });
}

/** Overlapping columns back to an image: a transposed convolution with a kernel of unit vectors. */
function columnsToImage(c: LoweringContext): Value {
  const x = c.input(0);
  const image = c.required(1, "image shape");
  const block = c.required(2, "block shape");
  const strides = c.integers("strides") ?? ones(block.length);
  const dilations = c.integers("dilations") ?? ones(block.length);
  const pads = c.integers("pads") ?? [...block, ...block].map(() => 0);
  const taps = block.reduce((n, extent) => n * extent, 1);
  const channels = x.shape[1]! / taps;
  const counts = image.map(
    (extent, i) =>
      Math.floor((extent + pads[i]! + pads[block.length + i]! - dilations[i]! * (block[i]! - 1) - 1) / strides[i]!) + 1,
  );
  const kernel = c.literal(x.dtype, [channels * taps, 1, ...block], (i) =>
    Math.floor(i / taps) % taps === i % taps ? 1 : 0,
  );
  const covered = counts.map(
    (count, i) => strides[i]! * (count - 1) + dilations[i]! * (block[i]! - 1) + 1 - pads[i]! - pads[block.length + i]!,
  );
  return c.apply("ConvTranspose", [c.b.reshape(x, [x.shape[0]!, x.shape[1]!, ...counts]), kernel], {
    strides,
    dilations,
    pads,
    group: channels,
    output_padding: image.map((extent, i) => extent - covered[i]!),
  });
}

export const convolution: Lowerings = {
  Conv: (c) => convolved(c, c.input(0), c.input(1), c.optional(2)),
  ConvTranspose: transposed,
  ConvInteger: (c) => {
    const exact = (value: Value, zero: Value | null): Value => {
      const wide = real(c, value);
      return zero ? c.b.sub(wide, perChannel(c, real(c, zero), value.shape.length)) : wide;
    };
    return asInteger(c, convolved(c, exact(c.input(0), c.optional(2)), exact(c.input(1), c.optional(3)), null));
  },
  Col2Im: otherwise(columnsToImage),
};

/** A scalar, or one number for each output channel of a kernel. */
const perChannel = (c: LoweringContext, zero: Value, rank: number): Value =>
  zero.shape.length === 1 && zero.shape[0] !== 1
    ? c.b.reshape(zero, [zero.shape[0]!, ...ones(rank - 1)])
    : c.b.reshape(zero, []);
