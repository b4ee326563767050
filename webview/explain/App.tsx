import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { Rendered } from "../../src/data/colormap/display.ts";
import {
  copyText, exportResult, greet, keepPicture, listPictures, pickPicture, pictureShown, saveFile,
  type ExplainGreeting, type PictureChoice,
} from "../../src/protocol/explain-panel.ts";
import { vscode } from "../lib/connection.ts";
import { Certificate } from "./Certificate.tsx";
import { ClassList } from "./ClassList.tsx";
import { Failed } from "./Failed.tsx";
import { MapCard } from "./MapCard.tsx";
import { MethodOptions } from "./MethodOptions.tsx";
import { PicturePicker } from "./PicturePicker.tsx";
import { pngOf } from "./picture-file.ts";
import { Preprocess } from "./Preprocess.tsx";
import { Reading } from "./Reading.tsx";
import type { Place } from "./reading.ts";
import { ScaleBar } from "./ScaleBar.tsx";
import { ExplainSession, failureOf, type Known } from "./session.ts";
import { initialState, savedState, type ExplainState } from "./state.ts";
import { STYLES, Toolbar, type ExportKind } from "./Toolbar.tsx";

const unknown: Known = { card: undefined, prepared: undefined, prediction: undefined, runs: new Map(), failure: undefined, preparing: undefined };

/** The explain panel: one picture, one model, several maps of one target. */
export function App({ connection }: { readonly connection: MessageConnection }) {
  const [greeting, setGreeting] = useState<ExplainGreeting>();
  const [state, setState] = useState<ExplainState | undefined>(savedState);
  const [known, setKnown] = useState<Known>(unknown);
  const [pictures, setPictures] = useState<readonly PictureChoice[]>([]);
  const [choosing, setChoosing] = useState(false);
  const [cursor, setCursor] = useState<Place>();
  const [selected, setSelected] = useState<string>();
  const [said, setSaid] = useState("");
  const drawn = useRef(new Map<string, Rendered>());
  const [record, setRecord] = useState<Rendered["record"]>();
  const session = useMemo(() => new ExplainSession(connection, setKnown), [connection]);

  useEffect(() => {
    void connection.sendRequest(greet).then(
      (hello) => {
        setGreeting(hello);
        setState((now) => ({ ...(now ?? initialState(hello.model)), picture: now?.picture ?? hello.picture }));
      },
      (error) => setKnown({ ...unknown, failure: failureOf(error) }),
    );
  }, []);
  useEffect(() => void (state && vscode.setState(state)), [state]);
  useEffect(() => void (state?.picture && connection.sendNotification(pictureShown, { path: state.picture, label: nameOf(state.picture) })), [state?.picture, greeting]);

  const question = state?.picture === undefined ? undefined : { model: state.model, picture: state.picture, target: state.target, methods: state.methods, options: state.options };
  const asked = greeting && question ? JSON.stringify(question) : undefined;
  useEffect(() => void (asked && question && session.ask(question)), [asked]);
  const wantsPicture = greeting !== undefined && (choosing || state?.picture === undefined);
  useEffect(() => void (wantsPicture && connection.sendRequest(listPictures).then(setPictures, () => undefined)), [wantsPicture]);

  if (greeting === undefined || state === undefined) {
    return <main><h1 class="hidden">Explain a prediction</h1>{known.failure ? <Failed failure={known.failure} onRetry={() => location.reload()} /> : <p class="quiet" role="status">Starting the engine…</p>}</main>;
  }

  const change = (part: Partial<ExplainState>): void => setState({ ...state, ...part });
  const choose = (picture: PictureChoice | null): void => {
    if (picture === null) return;
    setChoosing(false);
    change({ picture: picture.path, target: undefined });
  };
  const drop = async (file: File): Promise<void> => choose(await connection.sendRequest(keepPicture, { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }));
  const leading = state.methods.includes(state.leading) ? state.leading : state.methods[0]!;
  const shown = selected !== undefined && state.methods.includes(selected) ? selected : leading;
  const shownMethod = greeting.methods.find(({ id }) => id === shown);
  const shownRun = known.runs.get(shown);
  const planes = shownRun?.result?.data.kind === "planes" ? shownRun.result.data : undefined;
  const running = known.preparing !== undefined || [...known.runs.values()].some((run) => run.state === "running");
  const retry = (): void => void (question && session.ask(question));
  const chosen = chosenClass(state.target) ?? known.prediction?.top[0]?.index;

  const save = async (kind: ExportKind): Promise<void> => {
    if (!shownRun?.result) return;
    const stem = `${nameOf(state.picture ?? "").replace(/\.\w+$/, "")}-${shown}`;
    const saved = await exported(kind, stem);
    setSaid(saved ? `Saved ${saved}` : "");
  };
  const exported = async (kind: ExportKind, stem: string): Promise<string | null> => {
    if (kind === "command") {
      await connection.sendRequest(copyText, { text: shownRun!.result!.code.cli });
      setSaid("The command is on the clipboard.");
      return null;
    }
    if (kind === "png") return connection.sendRequest(saveFile, { suggestedName: `${stem}.png`, bytes: await pngOf(drawn.current.get(shown)!) });
    return connection.sendRequest(exportResult, { job: shownRun!.job, format: kind, suggestedName: `${stem}.${kind}` });
  };

  return (
    <main
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const file = event.dataTransfer?.files[0];
        if (file) void drop(file);
      }}
    >
      <h1 class="hidden">Explain a prediction of {greeting.modelName}</h1>
      <Toolbar
        state={state}
        pictureName={state.picture === undefined ? undefined : nameOf(state.picture)}
        modelName={greeting.modelName}
        methods={greeting.methods}
        running={running}
        exportable={shownRun?.result !== undefined}
        onChange={change}
        onPicture={() => setChoosing(!choosing)}
        onCancel={() => session.cancel()}
        onExport={(kind) => void save(kind)}
      />
      <Progress known={known} running={running} />
      {wantsPicture && <PicturePicker pictures={pictures} onChoose={choose} onBrowse={() => void connection.sendRequest(pickPicture).then(choose)} onDrop={(file) => void drop(file)} />}
      {known.failure && <Failed failure={known.failure} onRetry={retry} />}
      {!wantsPicture && !known.failure && known.prepared === undefined && <p class="quiet" role="status">{known.preparing ?? "Starting"}…</p>}
      {known.prepared && !known.failure && (
        <div class="content">
          <div class={`maps${state.methods.length === 1 ? " single" : ""}`}>
            {[leading, ...state.methods.filter((id) => id !== leading)].map((id) => (
              <MapCard
                key={id}
                method={greeting.methods.find((method) => method.id === id)!}
                run={known.runs.get(id)}
                picture={known.prepared!.view ?? blankPicture(known.card?.picture)}
                look={state}
                view={state.view}
                cursor={cursor}
                leading={id === leading}
                selected={id === shown}
                onCursor={(place) => (setCursor(place), place && setSelected(id))}
                onView={(view) => change({ view })}
                onStyle={(index) => change({ style: STYLES[index]!.id })}
                onSelect={() => setSelected(id)}
                onLead={() => (change({ leading: id }), setSelected(id))}
                onRendered={(rendered) => (drawn.current.set(id, rendered), id === leading && setRecord(rendered.record))}
                onRetry={retry}
              />
            ))}
          </div>
          <aside class="facts-column" aria-label="Facts">
            <Reading connection={connection} job={shownRun?.job} planes={planes} cursor={cursor} />
            {known.prediction && known.card?.classes && (
              <ClassList top={known.prediction.top} names={known.card.classes.names} count={known.card.classes.count} chosen={chosen} onChoose={(index) => change({ target: `logit:${index}` })} />
            )}
            {record && <ScaleBar record={record} />}
            <Preprocess prepared={known.prepared} onChange={(preprocessing) => void (question && session.preprocess(question, preprocessing))} />
            {shownMethod && <Certificate title={shownMethod.title} result={shownRun?.result} />}
            {shownMethod && (
              <MethodOptions method={shownMethod} values={state.options[shown] ?? {}} sites={known.card?.sites ?? []} onChange={(values) => change({ options: { ...state.options, [shown]: values } })} />
            )}
            {known.card && <ModelNotes notes={known.card.notes} source={known.card.classes?.source} />}
          </aside>
        </div>
      )}
      <p class="hidden" role="status">{said}</p>
    </main>
  );
}

/** The thin line under the toolbar, and its words for those who do not see it. */
function Progress({ known, running }: { readonly known: Known; readonly running: boolean }) {
  const runs = [...known.runs.values()];
  const parts = runs.map((run) => (run.state === "running" ? (run.progress ? run.progress.done / run.progress.total : 0) : run.state === "waiting" ? 0 : 1));
  const done = runs.length ? parts.reduce((sum, part) => sum + part, 0) / runs.length : 0;
  return (
    <div class={`progress${running ? "" : " idle"}`} role="progressbar" aria-label="Explaining" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(100 * done)}>
      <span style={{ width: `${running ? Math.max(3, 100 * done) : 0}%` }} />
    </div>
  );
}

function ModelNotes({ notes, source }: { readonly notes: readonly string[]; readonly source: string | undefined }) {
  const all = [...notes, ...(source ? [`Classes: ${source}.`] : [])];
  if (all.length === 0) return null;
  return <section aria-labelledby="notes"><h2 id="notes">About the model</h2>{all.map((note) => <p key={note} class="quiet">{note}</p>)}</section>;
}

const nameOf = (file: string): string => file.split(/[\\/]/).at(-1) ?? file;

/** The class of a target of a single logit. */
const chosenClass = (target: string | undefined): number | undefined => {
  const match = /^logit:(\d+)$/.exec(target ?? "");
  return match ? Number(match[1]) : undefined;
};

/** A tensor has no photograph: its maps lie on grey. */
const blankPicture = (size: { readonly rows: number; readonly columns: number } | undefined) => {
  const [height, width] = [size?.rows ?? 1, size?.columns ?? 1];
  return { width, height, rgb: new Uint8Array(width * height * 3).fill(96) };
};
