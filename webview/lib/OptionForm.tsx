import { useId } from "preact/hooks";
import type { OptionCard, OptionKind } from "../../src/protocol/analysis-card.ts";
import type { OptionValue, OptionValues } from "../../src/protocol/result.ts";
import { isGrid } from "../../src/protocol/unit-sites.ts";
import { DraftInput } from "./DraftInput.tsx";
import { changed } from "./option-values.ts";

/** What the form needs of a site: a language model's have no rows and columns. */

export interface NamedSite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly channels?: number | undefined;
  readonly positions?: number | undefined;
  readonly grid?: readonly [rows: number, columns: number] | undefined;
}

interface Props {
  readonly options: readonly OptionCard[];
  /** Those that differ from their defaults. */
  readonly values: OptionValues;
  readonly sites: readonly NamedSite[];
  readonly onChange: (values: OptionValues) => void;
}

/** A form made of an analysis' own option table: what an analysis declares appears here, by the kinds of its options. */
export function OptionForm({ options, values, sites, onChange }: Props) {
  return (
    <div class="editor">
      {options.map((option) => (
        <label key={option.name} title={option.description} class={option.kind === "flag" ? "check" : undefined}>
          {option.kind !== "flag" && option.label}
          <Field
            option={option}
            value={values[option.name] ?? option.fallback}
            sites={sites}
            onChange={(value) => onChange(changed(values, option, value))}
          />
          {option.kind === "flag" && option.label}
        </label>
      ))}
      {Object.keys(values).length > 0 && (
        <button type="button" class="secondary" onClick={() => onChange({})}>
          Back to the defaults
        </button>
      )}
    </div>
  );
}

interface FieldProps {
  readonly option: OptionCard;
  readonly value: OptionValue;
  readonly sites: readonly NamedSite[];
  readonly onChange: (value: OptionValue) => void;
}

/** How texts of each kind are written. */
const written: Readonly<Record<Exclude<OptionKind, "number" | "choice" | "flag" | "site" | "analysis">, string>> = {
  text: "",
  token: "its text, or # and its id",
  index: "all",
  head: "layer.head",
  prompt: "a text",
  edits: "a JSON array",
};
const writtenLists: Readonly<Partial<Record<OptionKind, string>>> = {
  token: "with | between them",
  index: "all, or numbers with commas",
  prompt: "with | between them",
};

function Field({ option, value, sites, onChange }: FieldProps) {
  const listed = useId();
  switch (option.kind) {
    case "choice":
      return (
        <select value={String(value)} onChange={(event) => onChange(event.currentTarget.value)}>
          {(option.choices ?? []).map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      );
    case "analysis":
      return (
        <select value={String(value)} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">the default one</option>
          {(option.choices ?? []).map((id) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      );
    case "flag":
      return (
        <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
      );
    case "number":
      return (
        <DraftInput
          type="number"
          value={String(value)}
          min={option.minimum}
          max={option.maximum}
          step={option.whole ? 1 : "any"}
          onCommit={(text, field) => {
            if (text === "") return false;
            // Else it stays as it was typed, and the browser says what is wrong with it.
            if (field.reportValidity()) onChange(Number(text));
            return true;
          }}
        />
      );
    case "site": {
      const fitting = sites.filter((site) => option.needs === undefined || isGrid(site)).toReversed();
      if (option.many)
        return (
          <>
            <DraftInput value={String(value)} list={listed} placeholder="chosen by the method" onCommit={onChange} />
            <datalist id={listed}>
              {fitting.map(({ name }) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </>
        );
      return (
        <select value={String(value)} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">chosen by the method</option>
          {fitting.map(({ name, shape }) => (
            <option key={name} value={name}>
              {name} ({shape.slice(1).join(" × ")})
            </option>
          ))}
        </select>
      );
    }
    default:
      return (
        <DraftInput
          value={String(value)}
          placeholder={(option.many && writtenLists[option.kind]) || written[option.kind]}
          onCommit={onChange}
        />
      );
  }
}
