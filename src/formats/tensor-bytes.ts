import { GlassboxError } from "../tensor/errors.ts";

/** Where nobody set a budget. */
export const defaultMaxTensorBytes = 2 ** 33;

/** Refuses to widen a tensor beyond the memory that one computation may use. */
export function checkTensorBytes(bytes: number, mostBytes: number, name: string, where: string): void {
  if (bytes <= mostBytes) return;
  throw new GlassboxError(
    "resource",
    `the tensor ${name} would take ${gigabytes(bytes)}, more than the ${gigabytes(mostBytes)} that may be used`,
    { where, hint: "Raise the memory budget if the machine has the memory." },
  );
}

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toPrecision(2)} GB`;
