import { logit, parseTarget, type Target } from "../../graph/target.ts";
import { rankClasses } from "../../methods/prediction/prediction.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { toFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { OpenNetwork } from "../models/open-network.ts";

/** Detecting the preprocessing and explaining a class both need class scores. */
export function requireClassifier(model: OpenNetwork): OpenNetwork {
  if (model.notClassifier === undefined) return model;
  throw new GlassboxError("unsupported", model.notClassifier, {
    where: model.card.name,
    hint: "Choose a model that gives each class a score.",
  });
}

/** The target of a question: a class by index or name, an expression, or the model's top class. */
export async function chooseTarget(model: OpenNetwork, input: Tensor, text: string | undefined): Promise<Target> {
  if (text === undefined || text === "") {
    const [best] = rankClasses(toFloat64(await model.network.logits(input)), 1, undefined);
    return logit(best!.index);
  }
  if (/^\d+$/.test(text)) return logit(Number(text));
  const names = model.card.classes?.names;
  const index = names?.findIndex((name) => name.toLowerCase() === text.toLowerCase()) ?? -1;
  if (index < 0 && /^[\p{L}\s'-]+$/u.test(text)) throw noSuchClass(text, names);
  return index >= 0 ? logit(index) : parseTarget(text);
}

function noSuchClass(text: string, names: readonly string[] | undefined): GlassboxError {
  const near = names?.filter((name) => name.toLowerCase().includes(text.toLowerCase())).slice(0, 5) ?? [];
  return new GlassboxError("option", `the model has no class named ${text}`, {
    hint: near.length
      ? `It has ${near.join(", ")}.`
      : 'Give its number, or an expression such as "logit:281 - logit:285".',
  });
}
