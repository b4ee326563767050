import { tap } from "../../graph/transform/tap.ts";
import type { EditSpec } from "../../protocol/language-model.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { fromFloat64, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { PromptContext } from "../contexts.ts";
import { finalSite } from "./components.ts";
import { atTokens, steer, type SiteEdit } from "./edits.ts";
import type { LanguageModel } from "./language-model.ts";
import { meansOf } from "./patch-grid.ts";

/** The context in which edits are resolved: means and directions come from runs of other prompts. */
type Open = Pick<PromptContext, "model" | "vocabulary" | "trace">;

/** Resolves edits as written by a user for a prompt of `length` tokens; throws a readable error if one does not fit. */
export async function resolveEdits(open: Open, specs: readonly EditSpec[], length: number): Promise<SiteEdit[]> {
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

/** Rejects an edit that does not affect the final residual stream, which would otherwise be ignored silently. */
function checkEffect({ model }: Open, name: string): void {
  const graph = model.graph(8);
  const { value } = model.site(name, graph);
  if (tap(graph, [model.site(finalSite(model), graph).value]).types.has(value)) return;
  throw new GlassboxError("unsupported", `an edit of ${name} would have no effect on the result`, {
    hint: "Edit a head at blocks.<layer>.attn.hook_z, or the stream at blocks.<layer>.hook_resid_post.",
  });
}

async function editOf(open: Open, spec: EditSpec): Promise<SiteEdit> {
  switch (spec.kind) {
    case "scale":
      return scale(open, spec);
    case "mean":
      return mean(open, spec);
    case "steer":
      return steering(open, spec);
  }
}

function scale({ model }: Open, { site, factor, head }: EditSpec & { readonly kind: "scale" }): SiteEdit {
  if (!Number.isFinite(factor)) throw new GlassboxError("option", `the factor of an edit is ${factor}`);
  const rank = model.site(site).axes.length - 1;
  return {
    site,
    kind: "scale",
    mask: headMask(model, site, head),
    operand: fromFloat64("float32", new Array<number>(rank).fill(1), [factor]),
  };
}

async function mean(open: Open, { site: name, over, head }: EditSpec & { readonly kind: "mean" }): Promise<SiteEdit> {
  const { model, vocabulary } = open;
  const site = model.site(name);
  if (site.axes[1] !== "token")
    throw new GlassboxError("unsupported", `${name} has no mean over tokens`, {
      hint: "Edit a residual stream, a head's z, or neurons.",
    });
  const shape = [1, ...model.graph(8).types.get(site.value)!.shape.slice(2)];
  const means = await meansOf(
    model,
    over.map((prompt) => vocabulary.ids(prompt)),
    [name],
  );
  return {
    site: name,
    kind: "set",
    mask: headMask(model, name, head),
    operand: fromFloat64("float32", shape, means.get(name)!),
  };
}

/** A mask of everything, or of one head. */
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

/** Restricts the edit to some tokens, and keeps its restriction to a head. */
function withHead(there: SiteEdit, everywhere: SiteEdit): SiteEdit {
  const [tokens] = there.mask.shape as [number];
  const heads = everywhere.mask.data.length;
  const bits = Array.from({ length: tokens * heads }, (_, i) =>
    there.mask.data[Math.floor(i / heads)] && everywhere.mask.data[i % heads] ? 1 : 0,
  );
  return { ...there, mask: fromFloat64("bool", [tokens, ...everywhere.mask.shape.slice(1)], bits) };
}

async function steering(
  open: Open,
  { site, toward, from, strength }: EditSpec & { readonly kind: "steer" },
): Promise<SiteEdit> {
  const { model, vocabulary, trace } = open;
  if (model.site(site).axes.length !== 3)
    throw new GlassboxError("option", `${site} cannot be steered`, {
      hint: "Steer a residual stream, e.g. blocks.6.hook_resid_pre.",
    });
  if (!Number.isFinite(strength)) throw new GlassboxError("option", `the strength of an edit is ${strength}`);
  const stateOf = async (ids: readonly number[]): Promise<Float64Array> => {
    const state = toFloat64((await trace(ids, [site])).get(site));
    return state.slice(-state.length / ids.length);
  };
  const [a, b] = [await stateOf(vocabulary.ids(toward)), await stateOf(vocabulary.ids(from))];
  return steer(
    site,
    a.map((value, i) => value - b[i]!),
    strength,
  );
}
