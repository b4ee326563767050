import type { Measure } from "../../src/protocol/generic-answers.ts";
import { CurvesChart } from "../lib/CurvesChart.tsx";
import { FactList } from "../lib/FactList.tsx";
import { figure } from "../lib/numbers.ts";

/** Numbers with their intervals, and the curves that they summarise. */
export function MeasureView({ data: { numbers, curves } }: { readonly data: Measure }) {
  return (
    <>
      <FactList
        facts={numbers.map(({ name, value, unit, interval }) => [
          name,
          `${figure(value)}${unit && ` ${unit}`}${interval ? ` (95 %: ${figure(interval[0])} to ${figure(interval[1])})` : ""}`,
        ])}
      />
      <div class="charts">
        {curves.map((each) => (
          <CurvesChart key={each.title} curves={each} />
        ))}
      </div>
    </>
  );
}
