import type { Tensor } from "../../../tensor/tensor.ts";
import { FlowNetwork } from "./max-flow.ts";

/**
 * Attention with the residual connection (Abnar, Zuidema 2020, section 3): ½·mean over heads + ½·identity, [query, key].
 * @param pattern [head, query, key]
 */
export function withResidual(pattern: Tensor): Float64Array {
  const [heads, queries, keys] = pattern.shape as [number, number, number];
  const mixed = new Float64Array(queries * keys);
  for (let i = 0; i < pattern.data.length; i++) {
    const at = i % mixed.length;
    mixed[at] = mixed[at]! + (pattern.data[i] as number) / (2 * heads);
  }
  for (let i = 0; i < queries; i++) mixed[i * keys + i] = mixed[i * keys + i]! + 0.5;
  return mixed;
}

/**
 * Attention rollout of one position after the last of some layers, [input token]: row `position` of A_l·…·A_0, which sums to 1.
 * @param layers `withResidual` of each layer, [query, key]
 */
export function rolloutRow(layers: readonly Float64Array[], tokens: number, position: number): Float64Array {
  let row = new Float64Array(tokens);
  row[position] = 1;
  for (const layer of [...layers].reverse()) row = timesMatrix(row, layer, tokens);
  return row;
}

function timesMatrix(row: Float64Array, matrix: Float64Array, tokens: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(tokens);
  for (let query = 0; query < tokens; query++) {
    const weight = row[query]!;
    if (weight === 0) continue;
    for (let key = 0; key <= query; key++) out[key] = out[key]! + weight * matrix[query * tokens + key]!;
  }
  return out;
}

/**
 * Attention flow of one position after the last of some layers: for each input token the maximum flow from it, where the
 * edges between tokens of neighbouring layers have the weights as capacities. [input token]
 */
export function flowRow(
  layers: readonly Float64Array[],
  tokens: number,
  position: number,
  cancelled: () => boolean,
): Float64Array | undefined {
  const node = (level: number, token: number): number => level * tokens + token;
  const network = new FlowNetwork((layers.length + 1) * tokens);
  layers.forEach((weights, layer) => {
    for (let query = 0; query <= position; query++)
      for (let key = 0; key <= query; key++)
        network.edge(node(layer + 1, query), node(layer, key), weights[query * tokens + key]!);
  });
  const row = new Float64Array(tokens);
  for (let token = 0; token <= position; token++) {
    if (cancelled()) return undefined;
    row[token] = network.maximumFlow(node(layers.length, position), node(0, token));
  }
  return row;
}
