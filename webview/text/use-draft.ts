import { useEffect, useState } from "preact/hooks";

/**
 * A field's text while it is typed: it counts when the field is left or Enter is pressed. What streams in meanwhile draws the
 * panel again, and must not take back what was typed.
 */
export function useDraft(value: string, commit: (text: string) => void) {
  return useFieldDraft<HTMLInputElement>(value, commit);
}

/** The same for a field of several lines, where Enter makes a line. */
export function useTextDraft(value: string, commit: (text: string) => void) {
  return useFieldDraft<HTMLTextAreaElement>(value, commit);
}

function useFieldDraft<Field extends HTMLInputElement | HTMLTextAreaElement>(
  value: string,
  commit: (text: string) => void,
) {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  return {
    value: draft,
    onInput: (event: { readonly currentTarget: Field }) => setDraft(event.currentTarget.value),
    onChange: (event: { readonly currentTarget: Field }) => commit(event.currentTarget.value),
  };
}
