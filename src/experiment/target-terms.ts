import { formatTarget, parseTarget, type Term } from "../graph/target.ts";

/** One term in text form. */
export const termText = (term: Term): string => formatTarget({ terms: [term] });

/** The terms of a target's text form; `undefined` if the text is not a target. */
export function targetTerms(text: string): readonly Term[] | undefined {
  try {
    return parseTarget(text).terms;
  } catch {
    return undefined;
  }
}
