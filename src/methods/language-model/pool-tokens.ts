import type { Site } from "../../graph/graph.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Pooling } from "../traced.ts";

/** The number of features of one token at a site of shape [batch, token, …]. Attention patterns are rejected. */
export function tokenFeatures({ name, axes }: Site, shape: Shape): number {
  if (axes[1] === "token") return sizeOf(shape.slice(2));
  throw new GlassboxError("option", `${name} has a value for each pair of tokens`, {
    hint: "Choose a site with one vector per token, e.g. blocks.0.hook_resid_post.",
  });
}

/** Pools [token, …] to one vector: the mean or the maximum over all tokens, or the vector of the last token. */
export function poolTokens({ shape: [tokens = 0, ...rest], data }: Tensor, pooling: Pooling): Float32Array {
  const features = sizeOf(rest);
  const at = (token: number, feature: number): number => Number(data[token * features + feature]);
  const each = (token: (feature: number) => number): Float32Array =>
    Float32Array.from({ length: features }, (_, feature) => token(feature));
  switch (pooling) {
    case "position":
      return each((feature) => at(tokens - 1, feature));
    case "max":
      return each((feature) => {
        let most = -Infinity;
        for (let token = 0; token < tokens; token++) most = Math.max(most, at(token, feature));
        return most;
      });
    case "mean":
      return each((feature) => {
        let sum = 0;
        for (let token = 0; token < tokens; token++) sum += at(token, feature);
        return sum / tokens;
      });
  }
}
