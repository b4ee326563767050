import { atTokens, steer, type SiteEdit } from "../../methods/language-model/edits.ts";
import { finalSite } from "../../methods/language-model/components.ts";
import type { LanguageModel } from "../../methods/language-model/language-model.ts";
import { meansOf } from "../../methods/language-model/patching.ts";
import type { EditSpec } from "../../protocol/language-model.ts";
import { tap } from "../../graph/transform/tap.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { fromFloat64, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { OpenLanguageModel } from "../models/open-language-model.ts";
import { idsOf } from "./prompts.ts";

/** A person's edits for a prompt of `length` tokens. */
export async function resolveEdits(
  open: OpenLanguageModel,
  specs: readonly EditSpec[] = [],
  length: number,
): Promise<SiteEdit[]> {
  const edits: SiteEdit[] = [];
  for (const spec of specs) {
    checkEffect(open, spec.site);
    const edit = await editOf(open, spec);
    const strange = spec.tokens?.find((token) => !Number.isInteger(token) || token < 0 || token >= length);
    if (strange !== undefined)
      throw new GlassboxError("option", `an edit names token ${strange}, but the prompt has ${length}`);
    edits.push(spec.tokens ? withHead(atTokens(edit, spec.tokens, length), edit) : edit);
  }
  return edits;
}

/** An edit that the stream's end does not depend on would be ignored without a word. */
function checkEffect({ model }: OpenLanguageModel, name: string): void {
  const graph = model.graph(8);
  const { value } = model.site(name, graph);
  if (tap(graph, [model.site(finalSite(model), graph).value]).types.has(value)) return;
  throw new GlassboxError("unsupported", `an edit of ${name} would change nothing that is read`, {
    hint: "Edit a head at blocks.<layer>.attn.hook_z, or the stream at blocks.<layer>.hook_resid_post.",
  });
}

async function editOf(open: OpenLanguageModel, spec: EditSpec): Promise<SiteEdit> {
  switch (spec.kind) {
    case "scale":
      return scale(open, spec);
    case "mean":
      return mean(open, spec);
    case "steer":
      return steering(open, spec);
  }
}

function scale({ model }: OpenLanguageModel, { site, factor, head }: EditSpec & { readonly kind: "scale" }): SiteEdit {
  if (!Number.isFinite(factor)) throw new GlassboxError("option", `the factor of an edit is ${factor}`);
  const rank = model.site(site).axes.length - 1;
  return {
    site,
    kind: "scale",
    mask: headMask(model, site, head),
    operand: fromFloat64("float32", new Array<number>(rank).fill(1), [factor]),
  };
}

async function mean(
  open: OpenLanguageModel,
  { site: name, over, head }: EditSpec & { readonly kind: "mean" },
): Promise<SiteEdit> {
  const { model } = open;
  const site = model.site(name);
  if (site.axes[1] !== "token")
    throw new GlassboxError("unsupported", `${name} has no mean over tokens`, {
      hint: "Edit a residual stream, a head's z, or neurons.",
    });
  const shape = [1, ...model.graph(8).types.get(site.value)!.shape.slice(2)];
  const means = await meansOf(
    model,
    over.map((prompt) => idsOf(open, prompt)),
    [name],
  );
  return {
    site: name,
    kind: "set",
    mask: headMask(model, name, head),
    operand: fromFloat64("float32", shape, means.get(name)!),
  };
}

/** Everywhere, or one head. */
function headMask(model: LanguageModel, name: string, head: number | undefined): Tensor {
  const site = model.site(name);
  const shape = new Array<number>(site.axes.length - 1).fill(1);
  if (head === undefined) return fromFloat64("bool", shape, [1]);
  const at = site.axes.indexOf("head") - 1;
  if (at < 0)
    throw new GlassboxError("option", `${name} has no heads`, {
      hint: "Heads are edited at blocks.<layer>.attn.hook_z.",
    });
  const heads = model.graph(8).types.get(site.value)!.shape[at + 1]!;
  if (!Number.isInteger(head) || head < 0 || head >= heads)
    throw new GlassboxError("option", `there is no head ${head} at ${name}`, {
      hint: `Choose one from 0 to ${heads - 1}.`,
    });
  shape[at] = heads;
  return fromFloat64(
    "bool",
    shape,
    Array.from({ length: heads }, (_, i) => (i === head ? 1 : 0)),
  );
}

/** The edit at some tokens only, and still at its own head only. */
function withHead(there: SiteEdit, everywhere: SiteEdit): SiteEdit {
  const [tokens] = there.mask.shape as [number];
  const heads = everywhere.mask.data.length;
  const bits = Array.from({ length: tokens * heads }, (_, i) =>
    there.mask.data[Math.floor(i / heads)] && everywhere.mask.data[i % heads] ? 1 : 0,
  );
  return { ...there, mask: fromFloat64("bool", [tokens, ...everywhere.mask.shape.slice(1)], bits) };
}

async function steering(
  open: OpenLanguageModel,
  { site, toward, from, strength }: EditSpec & { readonly kind: "steer" },
): Promise<SiteEdit> {
  const { model, traces } = open;
  if (model.site(site).axes.length !== 3)
    throw new GlassboxError("option", `${site} cannot be steered`, {
      hint: "Steer a residual stream, e.g. blocks.6.hook_resid_pre.",
    });
  if (!Number.isFinite(strength)) throw new GlassboxError("option", `the strength of an edit is ${strength}`);
  const stateOf = async (ids: readonly number[]): Promise<Float64Array> => {
    const state = toFloat64((await traces.get(ids, [site])).get(site));
    return state.slice(-state.length / ids.length);
  };
  const [a, b] = [await stateOf(idsOf(open, toward)), await stateOf(idsOf(open, from))];
  return steer(
    site,
    a.map((value, i) => value - b[i]!),
    strength,
  );
}
