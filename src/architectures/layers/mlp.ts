import type { Value } from "../../graph/builder.ts";
import { activations, type ActivationName } from "./activation.ts";
import { site, type Context } from "./context.ts";
import type { Projections } from "./projection.ts";

interface MlpBase {
  /** Extent of the hidden layer. */
  readonly hidden: number;
  readonly activation: ActivationName;
  /** Applied to the input; unset in families that normalize after the residual sum. */
  readonly norm?: ((x: Value) => Value) | undefined;
  readonly projections: Projections;
  /** Name of the second matrix. */
  readonly output: string;
}

/** Names are those in the file, without `.weight`. */
export interface Mlp extends MlpBase {
  readonly input: string;
}

export interface GatedMlp extends MlpBase {
  /** What goes through the activation. */
  readonly gate: string;
  /** What it is multiplied with. */
  readonly up: string;
}

/** W_out·act(W_in·norm(x)), before the residual sum. Sites: `mlp.hook_pre`, `mlp.hook_post`, `hook_mlp_out`. */
export function mlp(c: Context, layer: number, x: Value, { input, ...block }: Mlp): Value {
  const at = `blocks.${layer}`;
  const pre = site(
    c,
    `${at}.mlp.hook_pre`,
    block.projections.apply(c, normalized(x, block), input, block.hidden),
    "neuron",
  );
  return written(c, at, x, activations[block.activation](c, pre), block);
}

/**
 * W_down·(act(W_gate·norm(x)) ⊙ W_up·norm(x)), before the residual sum (Shazeer 2020).
 * Sites: `mlp.hook_pre`, `mlp.hook_pre_linear`, `mlp.hook_post`, `hook_mlp_out`.
 */
export function gatedMlp(c: Context, layer: number, x: Value, { gate, up, ...block }: GatedMlp): Value {
  const at = `blocks.${layer}`;
  const { projections, hidden } = block;
  const h = normalized(x, block);
  const pre = site(c, `${at}.mlp.hook_pre`, projections.apply(c, h, gate, hidden), "neuron");
  const linear = site(c, `${at}.mlp.hook_pre_linear`, projections.apply(c, h, up, hidden), "neuron");
  return written(c, at, x, c.b.mul(activations[block.activation](c, pre), linear), block);
}

const normalized = (x: Value, { norm }: MlpBase): Value => (norm ? norm(x) : x);

function written(c: Context, at: string, x: Value, activated: Value, { projections, output }: MlpBase): Value {
  const post = site(c, `${at}.mlp.hook_post`, activated, "neuron");
  return site(c, `${at}.hook_mlp_out`, projections.apply(c, post, output, x.shape.at(-1)!), "mlp");
}
