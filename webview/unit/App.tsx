import { useEffect, useMemo, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import { openModel } from "../../src/protocol/engine.ts";
import type { ModelCard } from "../../src/protocol/model.ts";
import { greetUnit, pickFolder, unitShown, type UnitGreeting } from "../../src/protocol/unit-panel.ts";
import { unitSites } from "../../src/protocol/unit-sites.ts";
import { vscode } from "../lib/connection.ts";
import { Failed } from "../lib/Failed.tsx";
import { Progress } from "../lib/Progress.tsx";
import { exportUnit } from "./export-unit.ts";
import { Facts } from "./Facts.tsx";
import { Growth } from "./Growth.tsx";
import { Layer } from "./Layer.tsx";
import { Examples, Further } from "./Pictures.tsx";
import { failureOf, nothing, UnitSession, type Known, type Question } from "./session.ts";
import { initialState, pageOf, pageSize, restoredState, type UnitState } from "./state.ts";
import { Toolbar, type ExportKind } from "./Toolbar.tsx";

/** The unit page: what one channel looks for, and what is known of it. */
export function App({ connection }: { readonly connection: MessageConnection }) {
  const [greeting, setGreeting] = useState<UnitGreeting>();
  const [card, setCard] = useState<ModelCard>();
  const [state, setState] = useState<UnitState | undefined>(() => restoredState(vscode.getState()));
  const [known, setKnown] = useState<Known>(nothing);
  const [said, setSaid] = useState("");
  const session = useMemo(() => new UnitSession(connection, setKnown), [connection]);

  const meet = async (): Promise<void> => {
    try {
      const hello = await connection.sendRequest(greetUnit);
      const opened = await connection.sendRequest(openModel, { model: hello.model });
      setKnown(nothing);
      setCard(opened);
      setGreeting(hello);
      setState((now) => {
        const kept = now ?? restoredState(hello.intent) ?? initialState(hello.model);
        const wanted = [kept.site, hello.site].find((name) => unitSites(opened).some((site) => site.name === name));
        return {
          ...kept,
          site: wanted ?? usualSite(opened),
          channel: kept.site === undefined && wanted === hello.site ? (hello.channel ?? 0) : kept.channel,
          view: now?.view ?? hello.view ?? kept.view,
        };
      });
    } catch (error) {
      setKnown({ ...nothing, failure: failureOf(error) });
    }
  };
  useEffect(() => void meet(), []);
  useEffect(() => void (state && vscode.setState(state)), [state]);

  const sites = card ? unitSites(card) : [];
  const site = sites.find(({ name }) => name === state?.site);
  const channels = site?.shape[1] ?? 0;
  const question: Question | undefined =
    greeting && state && site
      ? {
          model: state.model,
          site: site.name,
          channel: Math.min(state.channel, channels - 1),
          preset: state.preset,
          steps: state.steps,
          range: state.range,
          portable: state.portable,
          seed: state.seed,
          photographs: state.photographs,
        }
      : undefined;
  const page = question ? pageOf(question.channel) : 0;
  const listed = Array.from(
    { length: Math.max(0, Math.min(pageSize, channels - page * pageSize)) },
    (_, i) => page * pageSize + i,
  );
  const inLayer = state?.view === "layer";
  const ask = (keep = false): void =>
    void (question && (inLayer ? session.layer(question, listed) : session.unit(question, keep)));
  const key = question && JSON.stringify(inLayer ? [{ ...question, channel: page }, "layer"] : question);
  useEffect(ask, [key]);
  useEffect(
    () => void (question && connection.sendNotification(unitShown, { site: question.site, channel: question.channel })),
    [question?.site, question?.channel],
  );

  const chosen = state?.picture ?? known.facts?.photographs[0]?.path;
  useEffect(() => void (question && chosen && known.facts && session.example(question, chosen)), [chosen, known.facts]);

  if (card && sites.length === 0)
    return (
      <main>
        <p class="lead">This model has no sites with channels to look at.</p>
      </main>
    );
  if (state === undefined || question === undefined) {
    return (
      <main>
        <h1 class="hidden">What does this unit look for?</h1>
        {known.failure ? (
          <Failed failure={known.failure} onRetry={() => void meet()} />
        ) : (
          <p class="quiet" role="status">
            Opening the model…
          </p>
        )}
      </main>
    );
  }
  const change = (part: Partial<UnitState>): void => setState({ ...state, ...part });
  const { positive, negative, diverse, layer } = known.parts;
  const shown = inLayer ? [layer] : [positive, negative, diverse];
  const running = shown.some((growing) => growing.state === "running");
  const paused = shown.some((growing) => growing.state === "paused");
  const cancelled = shown.some((growing) => growing.state === "cancelled");
  const unit = `channel ${question.channel} of ${question.site}`;
  const result = positive.results[0];
  const save = (kind: ExportKind): void =>
    void (
      result &&
      exportUnit(connection, kind, result, `${question.site}-${question.channel}`).then(setSaid, (error) =>
        setSaid(failureOf(error).what),
      )
    );
  const folder = (): void =>
    void connection.sendRequest(pickFolder).then(
      (photographs) => photographs && change({ photographs, picture: undefined }),
      (error) => setSaid(failureOf(error).what),
    );

  return (
    <main>
      <h1 class="hidden">What does {unit} look for?</h1>
      <Toolbar
        state={{ ...state, site: question.site, channel: question.channel }}
        modelName={greeting!.modelName}
        sites={sites}
        channels={channels}
        running={running}
        paused={paused}
        cancelled={cancelled}
        exportable={result !== undefined && !inLayer}
        onChange={change}
        onPause={() => session.pause()}
        onResume={() => ask(true)}
        onCancel={() => session.cancel()}
        onExport={save}
      />
      <Progress
        label="Growing"
        share={
          running
            ? shown.reduce((sum, growing) => sum + (growing.state === "done" ? 1 : growing.share), 0) / shown.length
            : undefined
        }
      />
      <p class="said" role="status">
        {said && (
          <>
            {said}{" "}
            <button class="link" onClick={() => setSaid("")}>
              Close
            </button>
          </>
        )}
      </p>
      {known.failure && <Failed failure={known.failure} onRetry={() => ask()} />}
      {inLayer ? (
        <Layer
          site={question.site}
          channels={listed}
          total={channels}
          growing={layer}
          onChoose={(channel) => change({ channel, view: "unit", picture: undefined })}
          onPage={(first) => change({ channel: first })}
          onAgain={() => ask()}
        />
      ) : (
        <div class="content">
          <div class="pictures">
            <Growth key={`${question.site}:${question.channel}`} growing={positive} unit={unit} onAgain={() => ask()} />
            <div class="others">
              <Further part="negative" growing={negative} unit={unit} />
              <Further part="diverse" growing={diverse} unit={unit} />
            </div>
            <Examples
              facts={known.facts}
              examples={known.examples}
              chosen={chosen}
              from={state.photographs}
              onChoose={(picture) => change({ picture })}
              onFolder={folder}
              onSamples={() => change({ photographs: undefined, picture: undefined })}
            />
          </div>
          <Facts
            result={result}
            facts={known.facts}
            example={chosen === undefined ? undefined : known.examples.get(chosen)}
            exampleName={chosen?.replace(/^.*[/\\]/, "")}
          />
        </div>
      )}
    </main>
  );
}

/** Two thirds of the way in, where units begin to look for things that have names; whole blocks before their parts. */
function usualSite(card: ModelCard): string | undefined {
  const sites = unitSites(card);
  const blocks = sites.filter(({ role }) => role === "Add" || role === "Concat");
  const from = blocks.length >= 3 ? blocks : sites;
  return from[Math.floor((from.length * 2) / 3)]?.name;
}
