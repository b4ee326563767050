import type { Probes, ProbePoint, ProbeSeries } from "../../src/protocol/probing.ts";
import { pointAt } from "../../src/answers/probe-point.ts";
import { digits, intervalOf, metricName, scoreOf } from "./series.ts";

/** The chart as a table: for eyes and for screen readers. */
export function ProbeTable({
  chart,
  onChoose,
}: {
  readonly chart: Probes;
  readonly onChoose: (point: ProbePoint) => void;
}) {
  const find = (series: ProbeSeries, site: string): ProbePoint | undefined => pointAt(chart, series, site);
  const score = (point: ProbePoint | undefined): string => (point ? digits(scoreOf(point, chart)) : "…");
  const raw = chart.points.find(({ series }) => series === "raw");
  return (
    <div>
      <p class="quiet levels">
        {metricName(chart)} on {chart.testRows} test rows; always {chart.classes[chart.majority.class]} gives{" "}
        {digits(chart.majority[chart.metric])}
        {raw && (
          <>
            , the{" "}
            <button class="link" onClick={() => onChoose(raw)}>
              raw input
            </button>{" "}
            {score(raw)} ({intervalOf(raw, chart).map(digits).join(" – ")})
          </>
        )}
      </p>
      <div class="table" tabIndex={0} role="region" aria-label="Table of the chart">
        <table>
          <thead>
            <tr>
              <th scope="col">Site</th>
              <th scope="col">Trained</th>
              <th scope="col">95 %</th>
              <th scope="col">Random</th>
              <th scope="col">Shuffled</th>
              <th scope="col">On training</th>
              <th scope="col">C</th>
            </tr>
          </thead>
          <tbody>
            {chart.sites.map((site) => {
              const trained = find("trained", site);
              return (
                <tr key={site}>
                  <th scope="row">
                    {trained ? (
                      <button class="link" onClick={() => onChoose(trained)}>
                        <code>{site}</code>
                      </button>
                    ) : (
                      <code>{site}</code>
                    )}
                  </th>
                  <td>{score(trained)}</td>
                  <td>{trained ? intervalOf(trained, chart).map(digits).join(" – ") : ""}</td>
                  <td>{score(find("random", site))}</td>
                  <td>{score(find("shuffled", site))}</td>
                  <td>{trained ? digits(trained.train[chart.metric]) : ""}</td>
                  <td>{trained?.C ?? ""}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}
