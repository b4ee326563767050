import type { Value } from "../../graph/builder.ts";
import { site, type Context } from "./context.ts";

type Part = (x: Value) => Value;

/**
 * A block whose parts read the normalized stream and add to it, one after the other:
 *   h = x + attention(x),   y = h + mlp(h).
 * Sites: `hook_resid_pre`, `hook_resid_mid`, `hook_resid_post`.
 */
export function preNormBlock(c: Context, layer: number, x: Value, attention: Part, mlp: Part): Value {
  const { b } = c;
  const at = `blocks.${layer}`;
  site(c, `${at}.hook_resid_pre`, x, "residual");
  const middle = site(c, `${at}.hook_resid_mid`, b.add(x, attention(x)), "residual");
  return site(c, `${at}.hook_resid_post`, b.add(middle, mlp(middle)), "residual");
}
