import { useEffect, useMemo, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import { copyText, saveAsExperiment, saveFile } from "../../src/protocol/panel.ts";
import {
  greetProbe,
  pickDataFile,
  pickDataFolder,
  probeShown,
  type ProbeGreeting,
} from "../../src/protocol/probe-panel.ts";
import { exportProbes } from "../../src/protocol/probing.ts";
import { Badge, worst } from "../lib/Badge.tsx";
import { Certificate } from "../lib/Certificate.tsx";
import { vscode } from "../lib/connection.ts";
import { Failed } from "../lib/Failed.tsx";
import { Progress } from "../lib/Progress.tsx";
import { pngOfSvg } from "./export-chart.ts";
import { LayerChart } from "./LayerChart.tsx";
import { PointFacts } from "./PointFacts.tsx";
import { ProbeTable } from "./ProbeTable.tsx";
import { findPoint, preferredPoint } from "./series.ts";
import { failureOf, nothing, ProbeSession, type Known } from "./session.ts";
import { Start } from "./Start.tsx";
import { initialState, restoredState, type ProbeState } from "./state.ts";
import { Toolbar, type ExportKind } from "./Toolbar.tsx";

/** The probe panel: one label, one model, its layers. */
export function App({ connection }: { readonly connection: MessageConnection }) {
  const [greeting, setGreeting] = useState<ProbeGreeting>();
  const [state, setState] = useState<ProbeState | undefined>(() => restoredState(vscode.getState()));
  const [known, setKnown] = useState<Known>(nothing);
  const [checks, setChecks] = useState(false);
  const [said, setSaid] = useState("");
  const session = useMemo(() => new ProbeSession(connection, setKnown), [connection]);

  useEffect(() => {
    void connection.sendRequest(greetProbe).then(
      (hello) => {
        setGreeting(hello);
        setState((now) =>
          now?.model === hello.model ? now : (restoredState(hello.intent) ?? initialState(hello.model)),
        );
      },
      (error) => setKnown({ ...nothing, failure: failureOf(error) }),
    );
  }, []);
  useEffect(() => void (state && vscode.setState(state)), [state]);
  const question =
    greeting && state
      ? JSON.stringify([state.model, state.data, state.label, state.sites, state.options, state.asked])
      : undefined;
  useEffect(() => {
    if (question === undefined || state === undefined) return;
    void (async () => {
      if (known.data?.reference !== state.data) await session.describe(state);
      if (state.asked) await session.run(state);
    })();
  }, [question]);
  const chart = known.result?.data;
  useEffect(() => void (chart && connection.sendNotification(probeShown, { label: chart.label })), [chart?.label]);

  if (greeting === undefined || state === undefined) {
    return (
      <main>
        <h1 class="hidden">Probe layers</h1>
        {known.failure ? (
          <Failed failure={known.failure} onRetry={() => location.reload()} />
        ) : (
          <p class="quiet" role="status">
            Starting the engine…
          </p>
        )}
      </main>
    );
  }

  const change = (part: Partial<ProbeState>): void => setState({ ...state, ...part });
  const pickData = async (from: typeof pickDataFile): Promise<void> => {
    const picked = await connection.sendRequest(from);
    if (picked !== null) change({ data: picked, label: undefined, selected: undefined });
  };
  const running = known.run === "running";
  const point = chart && (findPoint(chart, state.selected) ?? preferredPoint(chart));
  const flagged = known.result && worst(known.result.certificate);

  const exported = async (kind: ExportKind): Promise<void> => {
    const { result, job } = known;
    if (!result || job === undefined) return;
    if (kind === "command") {
      await connection.sendRequest(copyText, { text: result.code.cli });
      setSaid("The command is on the clipboard.");
      return;
    }
    if (kind === "experiment") {
      const file = await connection.sendRequest(saveAsExperiment, {
        experiment: result.code.experiment ?? "",
        suggestedName: `probes-${result.data.label}.glassbox.yaml`,
      });
      setSaid(file ? `Saved ${file}` : "");
      return;
    }
    const bytes = await connection.sendRequest(exportProbes, { job, format: kind === "png" ? "svg" : kind });
    const saved = await connection.sendRequest(saveFile, {
      suggestedName: `probes-${result.data.label}.${kind}`,
      bytes: kind === "png" ? await pngOfSvg(bytes) : bytes,
    });
    setSaid(saved ? `Saved ${saved}` : "");
  };

  return (
    <main data-run={known.run} data-points={chart?.points.length ?? 0}>
      <h1 class="hidden">Probe the layers of {greeting.modelName}</h1>
      <Toolbar
        state={state}
        modelName={greeting.modelName}
        card={known.card}
        data={known.data}
        running={running}
        exportable={chart !== undefined && chart.points.length > 0}
        onChange={change}
        onPickFolder={() => void pickData(pickDataFolder)}
        onPickFile={() => void pickData(pickDataFile)}
        onCancel={() => session.cancel()}
        onExport={(kind) => void exported(kind).catch((error: unknown) => setSaid(failureOf(error).what))}
      />
      <Progress
        label="Probing"
        share={running ? (known.progress ? known.progress.done / known.progress.total : 0) : undefined}
      />
      <p class="said" role="status">
        {running
          ? (known.progress?.note ?? "Opening the model and the data…")
          : known.run === "cancelled"
            ? "Stopped early; what was known is kept."
            : said}
      </p>
      {known.failure && (
        <Failed
          failure={known.failure}
          onRetry={() => void (state.asked ? session.run(state) : session.describe(state))}
        />
      )}
      {!known.failure && !state.asked && (
        <Start
          data={known.data}
          label={state.label}
          sites={state.sites?.length ?? known.data?.usualSites.length ?? 0}
          onRun={() => change({ asked: true })}
        />
      )}
      {known.run === "cancelled" && (
        <p>
          <button onClick={() => void session.run(state)}>Go on</button>
        </p>
      )}
      {!known.failure && state.asked && (
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
            {known.result && (
              <Certificate
                title={known.result.data.label}
                open={checks}
                result={{ certificate: known.result.certificate, provenance: asProvenance(known.result.provenance) }}
              />
            )}
          </aside>
        </div>
      )}
    </main>
  );
}

/** As the certificate shows it: the data are the input, the label is the target. */
function asProvenance({
  glassbox,
  model,
  data,
  label,
  options,
  preprocessing,
  runtime,
}: NonNullable<Known["result"]>["provenance"]) {
  return {
    glassbox,
    model,
    input: data,
    preprocessing,
    method: "probe",
    target: label,
    options: { ...options },
    runtime,
  };
}
