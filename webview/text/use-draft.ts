import { useEffect, useState } from "preact/hooks";

/**
 * A field's text while it is typed: it counts when the field is left or Enter is pressed. What streams in meanwhile draws the
 * panel again, and must not take back what was typed.
 */
export function useDraft(value: string, commit: (text: string) => void) {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  return {
    value: draft,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => setDraft(event.currentTarget.value),
    onChange: (event: { readonly currentTarget: HTMLInputElement }) => commit(event.currentTarget.value),
  };
}
