import { sizeOf } from "../../tensor/shape.ts";
import { editInputs, type Edit, type EditKind } from "../../graph/transform/patch.ts";
import { typeOf, type Graph } from "../../graph/graph.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { fromFloat64, type Tensor } from "../../tensor/tensor.ts";

/**
 * An edit of a site in a prompt, in the site's axes without the batch. Mask and operand broadcast to [token, …]; their first
 * extent is 1 (every token) or the number of tokens.
 */
export interface SiteEdit {
  readonly site: string;
  readonly kind: EditKind;
  readonly mask: Tensor;
  readonly operand: Tensor;
}

/** Steering: adds `strength`·direction to the residual stream at a site, at every token. */
export function steer(site: string, direction: Float64Array, strength: number): SiteEdit {
  const scaled = direction.map((value) => value * strength);
  return {
    site,
    kind: "add",
    mask: fromFloat64("bool", [1, 1], [1]),
    operand: fromFloat64("float32", [1, scaled.length], scaled),
  };
}

/** Restricts the edit to some tokens. */
export function atTokens(edit: SiteEdit, tokens: readonly number[], length: number): SiteEdit {
  const rank = edit.mask.shape.length;
  const bits = Array.from({ length }, (_, token) => (tokens.includes(token) ? 1 : 0));
  return { ...edit, mask: fromFloat64("bool", [length, ...new Array<number>(rank - 1).fill(1)], bits) };
}

/** The edits for a graph of `length` tokens; operands by token are padded to this length. */
export function graphEdits(graph: Graph, edits: readonly SiteEdit[], length: number): readonly Edit[] {
  return edits.map(({ site: name, kind, mask, operand }) => {
    const site = graph.sites.find((each) => each.name === name);
    if (site === undefined)
      throw new GlassboxError("option", `the model has no site named ${name}`, {
        hint: "Sites are named as in TransformerLens, e.g. blocks.0.hook_resid_pre.",
      });
    if (site.axes[1] !== "token")
      throw new GlassboxError("unsupported", `${name} cannot be edited by token`, {
        hint: "Edit a residual stream, a head's z, or neurons.",
      });
    const { shape } = typeOf(graph, site.value);
    const filled = (value: Tensor): number[] => [1, value.shape[0] === 1 ? 1 : length, ...value.shape.slice(1)];
    for (const value of [mask, operand]) {
      const fits =
        value.shape.length === shape.length - 1 &&
        value.shape.slice(1).every((extent, i) => extent === 1 || extent === shape[i + 2]);
      if (!fits)
        throw new GlassboxError(
          "input",
          `an edit of shape [${value.shape.join(", ")}] does not fit ${name}, which is [${shape.slice(1).join(", ")}]`,
        );
    }
    return { value: site.value, kind, mask: filled(mask), operand: filled(operand) };
  });
}

export function editFeeds(edits: readonly SiteEdit[], length: number): [string, Tensor][] {
  return edits.flatMap(({ mask, operand }, i): [string, Tensor][] => {
    const names = editInputs(i);
    return [
      [names.mask, filledUp(mask, length)],
      [names.operand, filledUp(operand, length)],
    ];
  });
}

/** Pads to [1, token, …] with zeros after the last token, where nothing is edited. */
function filledUp(value: Tensor, length: number): Tensor {
  const [tokens, ...rest] = value.shape as [number, ...number[]];
  if (tokens === 1 || tokens === length) return { ...value, shape: [1, ...value.shape] };
  const filled = fromFloat64(value.dtype, [1, length, ...rest], new Float64Array(length * sizeOf(rest)));
  filled.data.set(value.data as never);
  return filled;
}

/** The linear part of the edit, applied to a token's state. */
export function editLinear(edit: SiteEdit, token: number, row: Float64Array): Float64Array {
  const { kind, operand } = edit;
  const along = kind === "remove" ? row.reduce((sum, value, i) => sum + value * at(operand, token, i), 0) : 0;
  return row.map((value, i) => {
    if (kind === "add" || !acts(edit, token, i)) return value;
    if (kind === "set") return 0;
    return kind === "scale" ? value * at(operand, token, i) : value - along * at(operand, token, i);
  });
}

/** The constant part that the edit adds to a token's state. */
export const editConstant = (edit: SiteEdit, token: number, width: number): Float64Array =>
  Float64Array.from({ length: width }, (_, i) =>
    (edit.kind === "add" || edit.kind === "set") && acts(edit, token, i) ? at(edit.operand, token, i) : 0,
  );

/** A mask by token ends with the prompt; later tokens are not edited. */
const acts = ({ mask }: SiteEdit, token: number, feature: number): boolean =>
  (mask.shape[0] === 1 || token < mask.shape[0]!) && at(mask, token, feature) !== 0;

function at({ shape, data }: Tensor, token: number, feature: number): number {
  const [tokens, features] = shape as [number, number];
  return Number(data[(tokens === 1 ? 0 : token) * features + (features === 1 ? 0 : feature)]);
}
