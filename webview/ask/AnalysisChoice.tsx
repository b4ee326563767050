import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";

interface Props {
  readonly offered: readonly AnalysisCard[];
  readonly chosen: string;
  readonly onChoose: (analysis: AnalysisCard) => void;
}

/** The analyses that fit the model, by family. */
export function AnalysisChoice({ offered, chosen, onChoose }: Props) {
  const families = [...new Set(offered.map(({ family }) => family))];
  return (
    <>
      <label class="hidden" for="analysis">
        Analysis
      </label>
      <select
        id="analysis"
        value={chosen}
        onChange={(event) => {
          const card = offered.find(({ id }) => id === event.currentTarget.value);
          if (card) onChoose(card);
        }}
      >
        {families.map((family) => (
          <optgroup key={family} label={family.replaceAll("-", " ")}>
            {offered
              .filter((card) => card.family === family)
              .map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </>
  );
}
