import { GlassboxError } from "../../tensor/errors.ts";

/** Throws a readable error unless `value` is a whole number from 0 to `count` − 1. */
export function checkIndex(name: string, value: number, count: number): void {
  if (Number.isInteger(value) && value >= 0 && value < count) return;
  throw new GlassboxError("option", `${name} is ${value}`, {
    hint: `It must be a whole number from 0 to ${count - 1}.`,
  });
}

/** Resolves a position from an option, where -1 is the last. */
export function resolvePosition(position: number, length: number): number {
  if (position < 0) return length - 1;
  checkIndex("position", position, length);
  return position;
}
