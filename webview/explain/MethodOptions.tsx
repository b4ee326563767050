import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import type { OptionValues } from "../../src/protocol/result.ts";
import { OptionForm, type NamedSite } from "../lib/OptionForm.tsx";
import { Fold } from "../lib/Section.tsx";

interface Props {
  readonly method: AnalysisCard;
  readonly values: OptionValues;
  readonly sites: readonly NamedSite[];
  readonly onChange: (values: OptionValues) => void;
}

/** How a map is computed, and the form that changes it. */
export function MethodOptions({ method, values, sites, onChange }: Props) {
  if (method.options.length === 0) return null;
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
      <OptionForm options={method.options} values={values} sites={sites} onChange={onChange} />
    </Fold>
  );
}
