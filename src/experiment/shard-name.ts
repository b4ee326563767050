import { GlassboxError } from "../tensor/errors.ts";

/** A shard of an experiment, as in `--shard 3/100`: counted from 0, like array jobs. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export function readShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text.trim());
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match !== null && count >= 1 && count <= 1_000_000 && index < count) return { index, count };
  throw new GlassboxError("option", `the shard is ${text}`, {
    hint: "Write the part and the number of parts, counted from 0: --shard 0/4 to --shard 3/4.",
  });
}
