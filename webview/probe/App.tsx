import { useEffect, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import { openModel } from "../../src/protocol/engine.ts";
import { pick } from "../../src/protocol/panel.ts";
import { describeData } from "../../src/protocol/probing.ts";
import { exportAnswer } from "../../src/protocol/question.ts";
import { useActivity } from "../lib/activity.ts";
import { Badge, worst } from "../lib/Badge.tsx";
import { Certificate } from "../lib/Certificate.tsx";
import { exportableOf } from "../lib/export-answer.ts";
import { Failed } from "../lib/Failed.tsx";
import { sentenceOf } from "../lib/failure-of.ts";
import { Progress } from "../lib/Progress.tsx";
import { useAsk } from "../lib/use-ask.ts";
import { usePanel, useShown } from "../lib/use-panel.ts";
import { useRequest } from "../lib/use-request.ts";
import { pngOfSvg } from "./export-chart.ts";
import { LayerChart } from "./LayerChart.tsx";
import { PointFacts } from "./PointFacts.tsx";
import { ProbeTable } from "./ProbeTable.tsx";
import { probing, questionOf } from "./question.ts";
import { findPoint, preferredPoint } from "./series.ts";
import { Start } from "./Start.tsx";
import { initialState, restoredState } from "./state.ts";
import { Toolbar } from "./Toolbar.tsx";

/** The probe panel: one label, one model, its layers. */
export function App({ connection }: { readonly connection: MessageConnection }) {
  const panel = usePanel(connection, { initial: initialState, restored: restoredState });
  const { greeting, state, change } = panel;
  const analysis = greeting && probing(greeting.analyses);
  const opened = useRequest(connection, "Opening the model", openModel, state && { model: state.model });
  const described = useRequest(
    connection,
    "Reading the data",
    describeData,
    state && { model: state.model, data: state.data },
  );
  const asked = useAsk(
    connection,
    "Probing",
    state?.asked && analysis && described.state !== "failed" ? questionOf(analysis, state) : undefined,
  );
  const activity = useActivity(connection);
  const [checks, setChecks] = useState(false);
  const [said, setSaid] = useState("");
  const { result } = asked;
  const chart = result?.data.kind === "probes" ? result.data : undefined;
  useShown(connection, state, chart?.label);
  useEffect(() => setSaid(""), [state?.data]);

  if (state === undefined || analysis === undefined) {
    return (
      <main>
        <h1 class="hidden">Probe layers</h1>
        {panel.failure ? (
          <Failed failure={panel.failure} onRetry={panel.retry} />
        ) : (
          <p class="quiet" role="status">
            Starting the engine…
          </p>
        )}
      </main>
    );
  }

  const pickData = async (what: "data-folder" | "data-file"): Promise<void> => {
    const picked = await connection.sendRequest(pick, { what });
    if (picked !== null) change({ data: picked, label: undefined, selected: undefined });
  };
  const data = described.value;
  const failed = [opened, described, asked].find(({ failure }) => failure !== undefined);
  const running = state.asked && !failed && (asked.state === "running" || asked.state === "waiting");
  const run = failed ? "failed" : running ? "running" : asked.state === "waiting" ? "idle" : asked.state;
  const point = chart && (findPoint(chart, state.selected) ?? preferredPoint(chart));
  const flagged = result && worst(result.certificate);
  const { job } = asked;

  return (
    <main data-run={run} data-points={chart?.points.length ?? 0}>
      <h1 class="hidden">Probe the layers of {greeting!.modelName}</h1>
      <Toolbar
        state={state}
        modelName={greeting!.modelName}
        sites={opened.value?.kind === "network" ? opened.value.sites : []}
        data={data}
        analysis={analysis}
        running={running}
        exported={{
          connection,
          answer: chart && chart.points.length > 0 ? exportableOf(`probes-${chart.label}`, asked) : undefined,
          drawings: { png: async () => pngOfSvg(await connection.sendRequest(exportAnswer, { job, format: "svg" })) },
          labels: { png: "Chart (PNG)", svg: "Chart (SVG)", csv: "Scores (CSV)" },
          say: setSaid,
        }}
        onChange={change}
        onPick={(what) => void pickData(what).catch((error: unknown) => setSaid(sentenceOf(error)))}
        onCancel={activity.cancel}
      />
      <Progress
        label="Probing"
        share={running ? (asked.progress ? asked.progress.done / asked.progress.total : 0) : undefined}
      />
      <p class="said" role="status">
        {running
          ? (asked.progress?.note ?? "Opening the model and the data…")
          : run === "cancelled"
            ? "Stopped early; what was known is kept."
            : said}
      </p>
      {failed?.failure && <Failed failure={failed.failure} onRetry={failed.retry} />}
      {!failed && !state.asked && (
        <Start
          data={data}
          label={state.label}
          sites={state.sites?.length ?? data?.defaultSites.length ?? 0}
          onRun={() => change({ asked: true })}
        />
      )}
      {run === "cancelled" && (
        <p>
          <button onClick={asked.retry}>Go on</button>
        </p>
      )}
      {!failed && state.asked && (
        <div class="content">
          <div class="leading">
            {chart && chart.points.length > 0 ? (
              <>
                <LayerChart
                  chart={chart}
                  selected={point && { series: point.series, site: point.site }}
                  onChoose={({ series, site }) => change({ selected: { series, site } })}
                />
                <div class="says">
                  {chart.summary.map((sentence) => (
                    <p key={sentence}>{sentence}</p>
                  ))}
                  {flagged && <Badge check={flagged} chosen={checks} onOpen={() => setChecks(!checks)} />}
                </div>
                <ProbeTable chart={chart} onChoose={({ series, site }) => change({ selected: { series, site } })} />
              </>
            ) : (
              <div class="awaited quiet">{running ? "The chart begins once the activations are there." : ""}</div>
            )}
          </div>
          <aside class="facts-column" aria-label="Facts">
            {chart && chart.points.length > 0 && (
              <PointFacts connection={connection} chart={chart} point={point} model={state.model} data={state.data} />
            )}
            {chart && result && <Certificate title={chart.label} open={checks} result={result} />}
          </aside>
        </div>
      )}
    </main>
  );
}
