/**
 * The one kind of error that reaches a person: what was wrong, where (file, byte offset, node,
 * option), and what to do about it. Surfaces turn it into a sentence; anything else is a defect.
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
 * - `file`: the bytes are not what they should be
 * - `unsupported`: understood, but not (yet) possible
 * - `input`: what the person gave does not fit the model
 * - `option`: an option is out of range or unknown
 * - `cancelled`: the person stopped it
 * - `resource`: over the memory budget, out of disk
 */
export type ErrorKind = "file" | "unsupported" | "input" | "option" | "cancelled" | "resource";
