import { useId } from "preact/hooks";

interface Props<K extends string> {
  readonly label: string;
  readonly options: Readonly<Record<K, string>>;
  readonly value: K;
  readonly onChange: (value: K) => void;
}

/** One of a few, by a name that is spoken but not shown. */
export function Choice<K extends string>({ label, options, value, onChange }: Props<K>) {
  const id = useId();
  return (
    <span class="choice">
      <label class="hidden" for={id}>
        {label}
      </label>
      <select id={id} value={value} title={label} onChange={(event) => onChange(event.currentTarget.value as K)}>
        {(Object.entries(options) as [K, string][]).map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
