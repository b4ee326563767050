import { useDraft } from "./use-draft.ts";

interface Props {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly largest: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
}

/** A number within its limits. */
export function NumberField({ label, value, least, largest, step, onChange }: Props) {
  const draft = useDraft(`${value}`, (text) => onChange(Math.min(largest, Math.max(least, Number(text) || 0))));
  return (
    <label>
      {label} <input type="number" min={least} max={largest} step={step} {...draft} />
    </label>
  );
}
