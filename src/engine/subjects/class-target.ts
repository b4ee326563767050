import { logit, parseTarget, type Target } from "../../graph/target.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { toFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { OpenNetwork } from "../models/open-network.ts";

/** The class that a person named, by number or by name, an expression, or the model's best class. */
export async function chooseTarget(model: OpenNetwork, input: Tensor, text: string | undefined): Promise<Target> {
  if (text === undefined || text === "") {
    return logit(bestChannel(toFloat64(await model.network.logits(input)), model.network));
  }
  if (/^\d+$/.test(text)) return logit(Number(text));
  const names = model.card.classes?.names;
  const index = names?.findIndex((name) => name.toLowerCase() === text.toLowerCase()) ?? -1;
  if (index < 0 && /^[\p{L}\s'-]+$/u.test(text)) throw noSuchClass(text, names);
  return index >= 0 ? logit(index) : parseTarget(text);
}

/** The channel with the greatest mean over its positions. */
function bestChannel(values: Float64Array, { classes }: OpenNetwork["network"]): number {
  const positions = values.length / classes;
  const sums = Float64Array.from({ length: classes }, (_, channel) =>
    values.subarray(channel * positions, (channel + 1) * positions).reduce((sum, value) => sum + value, 0),
  );
  return sums.reduce((best, sum, channel) => (sum > sums[best]! ? channel : best), 0);
}

function noSuchClass(text: string, names: readonly string[] | undefined): GlassboxError {
  const near = names?.filter((name) => name.toLowerCase().includes(text.toLowerCase())).slice(0, 5) ?? [];
  return new GlassboxError("option", `the model has no class named ${text}`, {
    hint: near.length
      ? `It has ${near.join(", ")}.`
      : 'Give its number, or an expression such as "logit:281 - logit:285".',
  });
}
