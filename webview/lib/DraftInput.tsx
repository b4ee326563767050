import { useDraft, type Commit } from "./use-draft.ts";

interface Props {
  readonly value: string;
  readonly onCommit: Commit;
  readonly type?: "text" | "number";
  readonly id?: string;
  readonly placeholder?: string | undefined;
  /** The id of the list of suggestions. */
  readonly list?: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | "any";
}

/** A field whose text counts when it is left or Enter is pressed. */
export function DraftInput({ value, onCommit, type = "text", ...attributes }: Props) {
  return <input type={type} {...attributes} {...useDraft(value, onCommit)} />;
}
