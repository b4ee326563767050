import { GlassboxError } from "../tensor/errors.ts";
import type { ModelConfig } from "./config.ts";

export interface Rope {
  readonly theta: number;
  readonly scaling: RopeScaling;
}

export type RopeScaling =
  | { readonly kind: "none" }
  /** All frequencies divided by `factor` (Chen et al. 2023). */
  | { readonly kind: "linear"; readonly factor: number }
  /** Each pair's frequency divided by a factor of its own, as GGUF files of Llama 3.1 store it. */
  | { readonly kind: "factors"; readonly factors: Float64Array }
  /** Llama 3.1: wavelengths beyond the old context are slowed by `factor`, short ones kept, between them interpolated. */
  | {
      readonly kind: "llama3";
      readonly factor: number;
      readonly low: number;
      readonly high: number;
      readonly context: number;
    };

/** θ^(−2i/d) for each pair i of a head's d features, scaled. */
export function rotaryFrequencies(headWidth: number, { theta, scaling }: Rope): Float64Array {
  if (headWidth % 2 !== 0) throw new GlassboxError("file", `heads of an odd width, ${headWidth}, have no rotary pairs`);
  return Float64Array.from({ length: headWidth / 2 }, (_, i) => scaled(theta ** ((-2 * i) / headWidth), i, scaling));
}

function scaled(frequency: number, pair: number, scaling: RopeScaling): number {
  switch (scaling.kind) {
    case "none":
      return frequency;
    case "linear":
      return frequency / scaling.factor;
    case "factors":
      return frequency / scaling.factors[pair]!;
    case "llama3": {
      const turns = (scaling.context * frequency) / (2 * Math.PI);
      const share = Math.min(1, Math.max(0, (turns - scaling.low) / (scaling.high - scaling.low)));
      return frequency * (share + (1 - share) / scaling.factor);
    }
  }
}

/**
 * The longest prompt of a model whose frequencies are scaled. Linear scaling stretches the context that it was trained with, which
 * is what files state; those of Llama 3.1 state the stretched one.
 */
export const scaledContext = (stated: number, { scaling }: Rope): number =>
  scaling.kind === "linear" ? Math.floor(stated * scaling.factor) : stated;

/** `rope_parameters` since transformers 5, `rope_theta` and `rope_scaling` before. */
export function ropeOfConfig(config: ModelConfig): Rope {
  const parameters = config.object("rope_parameters");
  const scaling = parameters ?? config.object("rope_scaling");
  const outer = config.number("rope_theta", 10_000);
  const theta = parameters?.number("rope_theta", outer) ?? outer;
  if (scaling === undefined) return { theta, scaling: { kind: "none" } };
  const kind = scaling.text("rope_type", scaling.text("type", "default"));
  switch (kind) {
    case "default":
      return { theta, scaling: { kind: "none" } };
    case "linear":
      return { theta, scaling: { kind, factor: scaling.number("factor") } };
    case "llama3":
      return {
        theta,
        scaling: {
          kind,
          factor: scaling.number("factor"),
          low: scaling.number("low_freq_factor"),
          high: scaling.number("high_freq_factor"),
          context: scaling.number("original_max_position_embeddings"),
        },
      };
    default:
      throw unknownScaling(kind);
  }
}

/**
 * As llama.cpp reads it: a factor without a type is linear, 0 is none, and old files call it `rope.scale_linear`.
 * @param factors the tensor `rope_freqs`, if there is one
 */
export function ropeOfMetadata(config: ModelConfig, factors: Float64Array | undefined): Rope {
  const theta = config.number("rope.freq_base", 10_000);
  const kind = config.text("rope.scaling.type", "linear");
  const factor = config.number("rope.scaling.factor", config.number("rope.scale_linear", 1)) || 1;
  if (kind !== "none" && kind !== "linear") throw unknownScaling(kind);
  const linear = kind === "linear" && factor !== 1;
  if (factors === undefined) return { theta, scaling: linear ? { kind, factor } : { kind: "none" } };
  return { theta, scaling: { kind: "factors", factors: linear ? factors.map((each) => each * factor) : factors } };
}

const unknownScaling = (kind: string): GlassboxError =>
  new GlassboxError("unsupported", `rotary positions with the scaling ${JSON.stringify(kind)} cannot be run yet`, {
    hint: "Linear and llama3 scaling can.",
  });
