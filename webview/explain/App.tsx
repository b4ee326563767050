import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { Rendered } from "../../src/data/colormap/display.ts";
import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import { cheapFirst, mapsOf, predictionOf } from "../../src/protocol/analysis-choice.ts";
import {
  keepPicture,
  listPictures,
  namedPicture,
  openPanel,
  pick,
  type PictureChoice,
} from "../../src/protocol/panel.ts";
import { exportableOf } from "../lib/export-answer.ts";
import { Failed } from "../lib/Failed.tsx";
import { sentenceOf } from "../lib/failure-of.ts";
import type { Place } from "../lib/heatmap-reading.ts";
import { Progress } from "../lib/Progress.tsx";
import { Said } from "../lib/Said.tsx";
import { usePanel, useShown } from "../lib/use-panel.ts";
import { announcement } from "./announce.ts";
import { Facts } from "./Facts.tsx";
import { MapCard } from "./MapCard.tsx";
import { blankPicture, nameOf, pngOf } from "./picture-file.ts";
import { PicturePicker } from "./PicturePicker.tsx";
import { mapOf } from "./run-text.ts";
import { ExplainSession, nothing, type Known, type PictureQuestion } from "./session.ts";
import { initialState, restoredState, shownMethods } from "./state.ts";
import { STYLES } from "./styles.ts";
import { Toolbar } from "./Toolbar.tsx";
import { useDrop, type Dropped } from "./use-drop.ts";
import { useReading } from "./use-reading.ts";

interface Cursor {
  readonly place: Place;
  /** The map that it is over; the others show where it would be. */
  readonly method: string;
}

/** The explain panel: one picture, one model, several maps of one target. */
export function App({ connection }: { readonly connection: MessageConnection }) {
  const panel = usePanel(connection, { initial: initialState, restored: restoredState });
  const { greeting, state, change } = panel;
  const [known, setKnown] = useState<Known>(nothing);
  const [pictures, setPictures] = useState<readonly PictureChoice[]>();
  const [choosing, setChoosing] = useState(false);
  const [cursor, setCursor] = useState<Cursor>();
  const [selected, setSelected] = useState<string>();
  const [certificateOpen, setCertificateOpen] = useState(false);
  const [said, setSaid] = useState("");
  const [drawn, setDrawn] = useState<ReadonlyMap<string, Rendered>>(new Map());
  const [heard, setHeard] = useState("");
  const maps = useMemo(() => mapsOf(greeting?.analyses ?? []), [greeting]);
  const methodOf = (id: string): AnalysisCard => maps.find((method) => method.id === id)!;
  const titleOf = useRef((method: string): string => method);
  titleOf.current = (method) => methodOf(method).title;
  const session = useMemo(() => {
    let before = nothing;
    return new ExplainSession(connection, (now) => {
      const words = announcement(before, now, titleOf.current);
      if (words) setHeard(words);
      before = now;
      setKnown(now);
    });
  }, [connection]);
  const facts = useRef<HTMLElement | null>(null);
  const say = (failed: unknown): void => setSaid(sentenceOf(failed));
  useShown(connection, state, state?.picture && nameOf(state.picture));

  const choose = (picture: string | null): void => {
    if (picture === null) return;
    setChoosing(false);
    change({ picture, target: undefined });
  };
  const take = async (dropped: Dropped): Promise<string | null> => {
    if (dropped.kind === "uri") return connection.sendRequest(namedPicture, { uri: dropped.uri });
    if (dropped.kind === "file")
      return connection.sendRequest(keepPicture, {
        name: dropped.file.name,
        bytes: new Uint8Array(await dropped.file.arrayBuffer()),
      });
    setSaid("What was dropped is no file. Drop a PNG, JPEG, WebP or .npy file.");
    return null;
  };
  const { dropping, handlers } = useDrop((dropped) => void take(dropped).then(choose, say));

  const question: PictureQuestion | undefined =
    greeting && state?.picture !== undefined
      ? {
          model: state.model,
          picture: state.picture,
          target: state.target,
          prediction: predictionOf(greeting.analyses)?.id ?? "",
          methods: cheapFirst(shownMethods({ ...state, arrangement: "lead" }).map(methodOf)).map(({ id }) => id),
          options: state.options,
        }
      : undefined;
  const ask = (): void => void (question && session.ask(question));
  useEffect(ask, [question && JSON.stringify({ ...question, methods: question.methods.toSorted() })]);
  const wantsPicture = greeting !== undefined && (choosing || state?.picture === undefined);
  useEffect(() => void (wantsPicture && connection.sendRequest(listPictures).then(setPictures, say)), [wantsPicture]);

  const methods = state ? shownMethods(state) : [];
  const shown = selected !== undefined && methods.includes(selected) ? selected : methods[0];
  const shownRun = known.runs.get(shown ?? "");
  const readRun = cursor && known.runs.get(cursor.method);
  const reading = useReading(connection, readRun?.job, mapOf(readRun), cursor?.place);

  const picture = useMemo(
    () => known.prepared && (known.prepared.view ?? blankPicture(known.card?.picture)),
    [known.prepared],
  );

  if (greeting === undefined || state === undefined || shown === undefined) {
    return (
      <main>
        <h1 class="hidden">Explain a prediction</h1>
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
  const running = known.preparing !== undefined || [...known.runs.values()].some((run) => run.state === "running");
  const drawing = drawn.get(shown);
  const stem = `${nameOf(state.picture ?? "").replace(/\.\w+$/, "")}-${shown}`;

  return (
    <main {...handlers} class={dropping ? "dropping" : ""}>
      <h1 class="hidden">Explain a prediction of {greeting.modelName}</h1>
      <Toolbar
        state={state}
        pictureName={state.picture === undefined ? undefined : nameOf(state.picture)}
        modelName={greeting.modelName}
        maps={maps}
        choosing={choosing}
        running={running}
        exported={{
          connection,
          answer: shownRun && exportableOf(stem, shownRun),
          title: shownRun?.result && methodOf(shown).title,
          drawings: drawing ? { png: () => pngOf(drawing) } : {},
          say: setSaid,
        }}
        onChange={change}
        onPicture={() => setChoosing(!choosing)}
        onCancel={() => session.cancel()}
      />
      <Progress label="Explaining" share={running ? shareDone(known) : undefined} />
      <Said said={said} onClose={() => setSaid("")} />
      {wantsPicture && (
        <PicturePicker
          pictures={pictures}
          onChoose={({ path }) => choose(path)}
          onBrowse={() => void connection.sendRequest(pick, { what: "picture" }).then(choose, say)}
          onClose={state.picture === undefined ? undefined : () => setChoosing(false)}
        />
      )}
      {known.failure && <Failed failure={known.failure} onRetry={ask} />}
      {question &&
        !known.failure &&
        picture === undefined &&
        (known.preparing ? (
          <p class="quiet" role="status">
            {known.preparing}…
          </p>
        ) : (
          <p class="quiet">
            Stopped.{" "}
            <button class="link" onClick={ask}>
              Go on
            </button>
          </p>
        ))}
      {picture && known.prepared && !known.failure && (
        <div class="content">
          <div class={`maps ${methods.length === 1 ? "alone" : state.arrangement}`}>
            {methods.map((id, i) => (
              <MapCard
                key={id}
                method={methodOf(id)}
                run={known.runs.get(id)}
                picture={picture}
                look={state}
                view={state.view}
                cursor={cursor?.place}
                reading={cursor?.method === id ? reading : undefined}
                leading={i === 0}
                selected={id === shown}
                onCursor={(place) => setCursor(place && { place, method: id })}
                onView={(view) => change({ view })}
                onStyle={(index) => change({ style: STYLES[index]!.id })}
                onOpenCertificate={() => {
                  setSelected(id);
                  setCertificateOpen(id !== shown || !certificateOpen);
                  facts.current?.querySelector(".checks")?.scrollIntoView({ block: "nearest" });
                }}
                onLead={() => (change({ leading: id }), setSelected(id))}
                onRendered={(rendered) => setDrawn((now) => new Map(now).set(id, rendered))}
                onRun={ask}
              />
            ))}
          </div>
          <Facts
            root={facts}
            known={known}
            prepared={known.prepared}
            state={state}
            method={methodOf(shown)}
            run={shownRun}
            record={shownRun?.result && drawing?.record}
            certificateOpen={certificateOpen}
            onChange={change}
            onPreprocess={(preprocessing) => void (question && session.preprocess(question, preprocessing).catch(say))}
            onCorrect={(correction) =>
              void (question && session.correct(question, correction).then(() => change({ target: undefined }), say))
            }
            onOpenUnit={(wanted) => void connection.sendNotification(openPanel, { panel: "unit", intent: wanted })}
          />
        </div>
      )}
      <p class="hidden" aria-live="polite" id="heard">
        {heard}
      </p>
      <p class="hidden" aria-live="polite" id="reading">
        {reading && cursor ? `${reading.head}, ${reading.detail}` : ""}
      </p>
      {dropping && (
        <p class="drop-here" aria-hidden="true">
          Drop it here to explain it
        </p>
      )}
    </main>
  );
}

/** Of all that was asked; at least a little, so that a beginning is seen. */
function shareDone({ runs }: Known): number {
  const parts = [...runs.values()].map(({ state, progress }) =>
    state === "running" ? (progress ? progress.done / progress.total : 0) : state === "waiting" ? 0 : 1,
  );
  return parts.length ? parts.reduce((sum, part) => sum + part, 0) / parts.length : 0;
}
