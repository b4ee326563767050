import { useEffect, useState } from "preact/hooks";

/** Takes a text, or with `false` refuses it: then the field shows again what holds. */
export type Commit<Field = HTMLInputElement> = (text: string, field: Field) => boolean | void;

/**
 * A field's text while it is typed: it counts when the field is left or Enter is pressed. What streams in meanwhile draws the
 * panel again, and must not take back what was typed.
 */
export function useDraft(value: string, commit: Commit) {
  return useFieldDraft<HTMLInputElement>(value, commit);
}

/** The same for a field of several lines, where Enter makes a line. */
export function useTextDraft(value: string, commit: Commit<HTMLTextAreaElement>) {
  return useFieldDraft<HTMLTextAreaElement>(value, commit);
}

function useFieldDraft<Field extends HTMLInputElement | HTMLTextAreaElement>(value: string, commit: Commit<Field>) {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  return {
    value: draft,
    onInput: (event: { readonly currentTarget: Field }) => setDraft(event.currentTarget.value),
    onChange: ({ currentTarget: field }: { readonly currentTarget: Field }) => {
      if (commit(field.value, field) === false) setDraft(value);
    },
  };
}
