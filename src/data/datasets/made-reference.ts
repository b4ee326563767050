import { GlassboxError } from "../../tensor/errors.ts";

/** Parses `<word>`, `<word>:<count>` or `<word>:<count>:<seed>`, the reference of pictures that are made at once; others give `undefined`. */
export function readMadeReference(
  word: string,
  defaultCount: number,
  reference: string,
): { readonly count: number; readonly seed: number } | undefined {
  const [name, count = String(defaultCount), seed = "0", ...rest] = reference.split(":");
  if (name !== word) return undefined;
  const whole = (text: string, low: number, high: number): boolean =>
    /^\d+$/.test(text) && Number(text) >= low && Number(text) <= high;
  if (rest.length > 0 || !whole(count, 50, 1_000_000) || !whole(seed, 0, 2 ** 31 - 1)) {
    throw new GlassboxError("option", `${reference} is not a valid procedural set`, {
      hint: `Write ${word}:<count>:<seed>, e.g. ${word}:${defaultCount}:0, with 50 to 1,000,000 pictures.`,
    });
  }
  return { count: Number(count), seed: Number(seed) };
}
