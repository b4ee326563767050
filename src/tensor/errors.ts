/**
 * The only class of error that users see: what went wrong, where (file, byte offset, node, option), and how to fix it.
 * User interfaces turn it into a sentence. Any other error is a bug.
 */
export class GlassboxError extends Error {
  readonly kind: ErrorKind;
  readonly what: string;
  readonly where: string | undefined;
  readonly hint: string | undefined;

  constructor(
    kind: ErrorKind,
    what: string,
    context: { readonly where?: string | undefined; readonly hint?: string | undefined } = {},
  ) {
    super([what, context.where && `(${context.where})`, context.hint].filter(Boolean).join(" "));
    this.name = "GlassboxError";
    this.kind = kind;
    this.what = what;
    this.where = context.where;
    this.hint = context.hint;
  }
}

/**
 * - `file`: the bytes are malformed
 * - `unsupported`: the request is understood but not (yet) possible
 * - `input`: the given input does not fit the model
 * - `option`: an option is out of range or unknown
 * - `cancelled`: the user stopped the operation
 * - `resource`: the memory budget is exceeded, or the disk is full
 */
export type ErrorKind = "file" | "unsupported" | "input" | "option" | "cancelled" | "resource";

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
