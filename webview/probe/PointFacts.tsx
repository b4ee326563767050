import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { Probes, ProbePoint } from "../../src/protocol/probing.ts";
import { FactList } from "../lib/FactList.tsx";
import { Section } from "../lib/Section.tsx";
import { Confusion } from "./Confusion.tsx";
import { Examples } from "./Examples.tsx";
import { digits, intervalOf, metricName, scoreOf, seriesLooks } from "./series.ts";

interface Props {
  readonly connection: MessageConnection;
  readonly chart: Probes;
  readonly point: ProbePoint | undefined;
  readonly model: string;
  readonly data: string;
}

/** What a point of the chart is made of. */
export function PointFacts({ connection, chart, point, model, data }: Props) {
  if (point === undefined)
    return (
      <Section title="Point">
        <p class="quiet">
          Choose a point of the chart to see what is taken for what, and the clearest and the worst samples.
        </p>
      </Section>
    );
  const gap = point.train[chart.metric] - scoreOf(point, chart);
  const facts: readonly (readonly [string, string])[] = [
    [`${metricName(chart)}, test`, digits(scoreOf(point, chart))],
    ["95 % interval", intervalOf(point, chart).map(digits).join(" – ")],
    ["on training rows", `${digits(point.train[chart.metric])} (gap ${digits(gap)})`],
    ...(chart.metric === "accuracy" ? [] : [["plain accuracy, test", digits(point.test.accuracy)] as const]),
    ["log-loss, test", `${point.test.bits.toFixed(2)} bits`],
    ["features", String(point.features)],
    ["C, cross-validated", String(point.C)],
    ["coefficients within", point.distance.toExponential(0)],
  ];
  return (
    <>
      <Section title={seriesLooks[point.series].name} of={point.site} name="point">
        <FactList facts={facts} />
      </Section>
      <Section title="Taken for" of={`${point.test.rows} test rows`}>
        <Confusion classes={chart.classes} confusion={point.confusion} />
      </Section>
      <Section title="Clearest samples">
        <Examples connection={connection} examples={point.best} classes={chart.classes} model={model} data={data} />
      </Section>
      <Section title="Worst samples">
        <Examples connection={connection} examples={point.worst} classes={chart.classes} model={model} data={data} />
      </Section>
    </>
  );
}
