import type { AnalysisCard, OptionCard } from "../../src/protocol/analysis-card.ts";
import type { SiteCard } from "../../src/protocol/model.ts";
import type { OptionValue, OptionValues } from "../../src/protocol/result.ts";
import { Fold } from "../lib/Section.tsx";

interface Props {
  readonly method: AnalysisCard;
  readonly values: OptionValues;
  readonly sites: readonly SiteCard[];
  readonly onChange: (values: OptionValues) => void;
}

/** A form made of the method's own option table: what a method declares appears here. */
export function MethodOptions({ method, values, sites, onChange }: Props) {
  if (method.options.length === 0) return null;
  const set = (name: string, value: OptionValue): void => onChange({ ...values, [name]: value });
  return (
    <Fold title="How it is computed">
      <p class="quiet">
        {method.summary} Cost: {method.cost}.
        {method.paper && (
          <>
            {" "}
            <a href={method.paper.link}>
              {method.paper.authors.split(",")[0]} et al., {method.paper.year}
            </a>
          </>
        )}
      </p>
      <div class="editor">
        {method.options.map((option) => (
          <label key={option.name} title={option.description}>
            {option.label}
            <Field
              option={option}
              value={values[option.name] ?? option.fallback}
              sites={sites}
              onChange={(value) => set(option.name, value)}
            />
          </label>
        ))}
        {Object.keys(values).length > 0 && (
          <button class="secondary" onClick={() => onChange({})}>
            Back to the defaults
          </button>
        )}
      </div>
    </Fold>
  );
}

function Field({
  option,
  value,
  sites,
  onChange,
}: {
  readonly option: OptionCard;
  readonly value: OptionValue;
  readonly sites: readonly SiteCard[];
  readonly onChange: (value: OptionValue) => void;
}) {
  if (option.kind === "choice") {
    return (
      <select value={String(value)} onChange={(event) => onChange(event.currentTarget.value)}>
        {option.choices!.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  if (option.kind === "flag")
    return (
      <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
    );
  if (option.kind === "text") {
    const grids = sites.filter(({ shape }) => shape.length === 4 && shape[2]! * shape[3]! > 1);
    return (
      <select value={String(value)} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">chosen by the method</option>
        {grids.toReversed().map(({ name, shape }) => (
          <option key={name} value={name}>
            {name} ({shape[1]} × {shape[2]} × {shape[3]})
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      type="number"
      value={Number(value)}
      min={option.minimum}
      max={option.maximum}
      step={option.whole ? 1 : "any"}
      onChange={(event) => event.currentTarget.reportValidity() && onChange(event.currentTarget.valueAsNumber)}
    />
  );
}
