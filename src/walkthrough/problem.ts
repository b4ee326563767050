import { GlassboxError } from "../tensor/errors.ts";

/** A location in a walkthrough's files; lines are counted from one. */
export interface Location {
  readonly file: string;
  readonly line: number;
}

export const wrong = ({ file, line }: Location, what: string, hint?: string): GlassboxError =>
  new GlassboxError("input", what, { where: `${file}:${line}`, ...(hint !== undefined && { hint }) });
