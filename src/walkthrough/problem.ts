import { GlassboxError } from "../tensor/errors.ts";

/** A place in a walkthrough's files; lines count from one. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export const wrong = ({ file, line }: Place, what: string, hint?: string): GlassboxError =>
  new GlassboxError("input", what, { where: `${file}:${line}`, ...(hint !== undefined && { hint }) });
