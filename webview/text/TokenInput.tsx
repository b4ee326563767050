import { useId } from "preact/hooks";
import { displayToken } from "../../src/data/text/display-token.ts";
import { useDraft } from "../lib/use-draft.ts";

interface Props {
  readonly label: string;
  readonly value: string;
  /** Texts to choose from. */
  readonly suggestions: readonly string[];
  readonly onChange: (text: string) => void;
}

/** One token, written as it is shown: `·` is a space, `⏎` a line end. */
export function TokenInput({ label, value, suggestions, onChange }: Props) {
  const id = useId();
  const plain = (text: string): string => text.replaceAll("·", " ").replaceAll("⏎", "\n");
  const draft = useDraft(displayToken(value), (text) => onChange(plain(text)));
  return (
    <label class="one-token">
      {label}
      <input list={id} title="One token; · stands for a space" {...draft} />
      <datalist id={id}>
        {[...new Set(suggestions)].map((text) => (
          <option key={text} value={displayToken(text)} />
        ))}
      </datalist>
    </label>
  );
}
