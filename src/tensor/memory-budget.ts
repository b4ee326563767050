import { GlassboxError } from "./errors.ts";

/**
 * Refuses what does not fit into the memory budget, before anything is computed or allocated. `what` is the subject of
 * the sentence, e.g. "decoding this PNG".
 */
export function requireMemory(
  bytes: number,
  budgetBytes: number,
  what: string,
  context: { readonly where?: string | undefined; readonly hint?: string | undefined } = {},
): void {
  if (bytes <= budgetBytes) return;
  throw new GlassboxError("resource", `${what} needs ${byteSize(bytes)}, over the limit of ${byteSize(budgetBytes)}`, {
    where: context.where,
    hint: context.hint ?? "Raise the memory budget: --memory in the terminal, or the setting glassbox.memoryBudget.",
  });
}

/** A number of bytes with three digits, in the unit that suits it: 950 MB, 4.00 GB. */
export const byteSize = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${rounded(bytes / 2 ** 30)} GB` : `${rounded(bytes / 2 ** 20)} MB`;

const rounded = (size: number): string => (size >= 100 ? Math.round(size).toLocaleString("en") : size.toPrecision(3));
