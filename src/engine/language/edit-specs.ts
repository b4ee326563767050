import { atTokens, steer, type SiteEdit } from "../../methods/language/edits.ts";
import type { EditSpec } from "../../protocol/language.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { fromFloat64, toFloat64 } from "../../tensor/tensor.ts";
import type { OpenLanguageModel } from "./open-language-models.ts";
import { idsOf } from "./prompts.ts";

/** A person's edits for a prompt of `length` tokens. */
export async function resolveEdits(open: OpenLanguageModel, specs: readonly EditSpec[] = [], length: number): Promise<SiteEdit[]> {
  const edits: SiteEdit[] = [];
  for (const spec of specs) {
    const edit = spec.kind === "scale" ? scale(open, spec) : await steering(open, spec);
    const strange = spec.tokens?.find((token) => !Number.isInteger(token) || token < 0 || token >= length);
    if (strange !== undefined) throw new GlassboxError("option", `an edit names token ${strange}, but the prompt has ${length}`);
    edits.push(spec.tokens ? withHead(atTokens(edit, spec.tokens, length), edit) : edit);
  }
  return edits;
}

function scale({ model }: OpenLanguageModel, { site: name, factor, head }: EditSpec & { readonly kind: "scale" }): SiteEdit {
  const site = model.site(name);
  const rank = site.axes.length - 1;
  const shape = new Array<number>(rank).fill(1);
  if (!Number.isFinite(factor)) throw new GlassboxError("option", `the factor of an edit is ${factor}`);
  if (head === undefined) return { site: name, kind: "scale", mask: fromFloat64("bool", shape, [1]), operand: fromFloat64("float32", shape, [factor]) };
  const at = site.axes.indexOf("head") - 1;
  if (at < 0) throw new GlassboxError("option", `${name} has no heads`, { hint: "Heads are edited at blocks.<layer>.attn.hook_z." });
  const heads = model.graph(8).types.get(site.value)!.shape[at + 1]!;
  if (!Number.isInteger(head) || head < 0 || head >= heads) throw new GlassboxError("option", `there is no head ${head} at ${name}`, { hint: `Choose one from 0 to ${heads - 1}.` });
  shape[at] = heads;
  return { site: name, kind: "scale", mask: fromFloat64("bool", shape, Array.from({ length: heads }, (_, i) => (i === head ? 1 : 0))), operand: fromFloat64("float32", new Array<number>(rank).fill(1), [factor]) };
}

/** The edit at some tokens only, and still at its own head only. */
function withHead(there: SiteEdit, everywhere: SiteEdit): SiteEdit {
  const [tokens] = there.mask.shape as [number];
  const heads = everywhere.mask.data.length;
  const bits = Array.from({ length: tokens * heads }, (_, i) => (there.mask.data[Math.floor(i / heads)] && everywhere.mask.data[i % heads] ? 1 : 0));
  return { ...there, mask: fromFloat64("bool", [tokens, ...everywhere.mask.shape.slice(1)], bits) };
}

async function steering(open: OpenLanguageModel, { site, toward, from, strength }: EditSpec & { readonly kind: "steer" }): Promise<SiteEdit> {
  const { model, traces } = open;
  if (model.site(site).axes.length !== 3) throw new GlassboxError("option", `${site} cannot be steered`, { hint: "Steer a residual stream, e.g. blocks.6.hook_resid_pre." });
  if (!Number.isFinite(strength)) throw new GlassboxError("option", `the strength of an edit is ${strength}`);
  const stateOf = async (ids: readonly number[]): Promise<Float64Array> => {
    const state = toFloat64((await traces.get(ids, [site])).get(site));
    return state.slice(-state.length / ids.length);
  };
  const [a, b] = [await stateOf(idsOf(open, toward)), await stateOf(idsOf(open, from))];
  return steer(site, a.map((value, i) => value - b[i]!), strength);
}
