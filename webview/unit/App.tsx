import { useEffect, useMemo, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import { openModel } from "../../src/protocol/engine.ts";
import type { NetworkCard, SiteCard } from "../../src/protocol/model.ts";
import { pick } from "../../src/protocol/panel.ts";
import { unitSites } from "../../src/protocol/unit-sites.ts";
import { exportableOf } from "../lib/export-answer.ts";
import { Failed } from "../lib/Failed.tsx";
import { sentenceOf } from "../lib/failure-of.ts";
import { Progress } from "../lib/Progress.tsx";
import { Said } from "../lib/Said.tsx";
import { usePanel, useShown } from "../lib/use-panel.ts";
import { useRequest } from "../lib/use-request.ts";
import { Facts } from "./Facts.tsx";
import { Growth } from "./Growth.tsx";
import { Layer } from "./Layer.tsx";
import { Examples, Further } from "./Pictures.tsx";
import { nothing, UnitSession, type Known, type UnitQuestion } from "./session.ts";
import { initialState, pageOf, pageSize, restoredState } from "./state.ts";
import { Toolbar } from "./Toolbar.tsx";
import { unitFiles } from "./unit-files.ts";

/** The analysis whose answers this page draws. */
const optimizing = (analyses: readonly AnalysisCard[]): AnalysisCard | undefined =>
  analyses.find(({ takes, gives }) => takes === "unit" && gives === "maximized-units");

/** How many pictures there are is the page's own choice. */
const chosenByPage = "images";

/** The unit page: what one channel looks for, and what is known of it. */
export function App({ connection }: { readonly connection: MessageConnection }) {
  const panel = usePanel(connection, { initial: initialState, restored: restoredState });
  const { greeting, state, change } = panel;
  const opened = useRequest(connection, "Opening the model", openModel, state && { model: state.model });
  const [known, setKnown] = useState<Known>(nothing);
  const [said, setSaid] = useState("");
  const session = useMemo(() => new UnitSession(connection, setKnown), [connection]);

  const analysis = greeting && optimizing(greeting.analyses);
  const card = opened.value?.kind === "network" ? opened.value : undefined;
  const sites = card ? unitSites(card) : [];
  const site = sites.find(({ name }) => name === state?.site) ?? (card && defaultSite(card));
  const channels = site?.channels ?? 0;
  const question: UnitQuestion | undefined =
    state && site && analysis
      ? {
          analysis: analysis.id,
          model: state.model,
          site: site.name,
          // A site that the model does not have has given way to another one, of which this channel was not meant.
          channel: (state.site ?? site.name) === site.name ? Math.min(state.channel, channels - 1) : 0,
          options: state.options,
          photographs: state.photographs,
        }
      : undefined;
  useShown(
    connection,
    state && question && { ...state, site: question.site, channel: question.channel },
    question && `${question.site}:${question.channel}`,
  );
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
  const chosen = state?.picture ?? known.facts?.photographs[0]?.path;
  useEffect(() => void (question && chosen && known.facts && session.example(question, chosen)), [chosen, known.facts]);

  if (opened.value && sites.length === 0)
    return (
      <main>
        <p class="lead">This model has no sites with channels to look at.</p>
      </main>
    );
  if (state === undefined || question === undefined) {
    return (
      <main>
        <h1 class="hidden">What does this unit look for?</h1>
        {panel.failure ? (
          <Failed failure={panel.failure} onRetry={panel.retry} />
        ) : opened.failure ? (
          <Failed failure={opened.failure} onRetry={opened.retry} />
        ) : (
          <p class="quiet" role="status">
            Opening the model…
          </p>
        )}
      </main>
    );
  }
  const { positive, negative, diverse, layer } = known.parts;
  const shown = inLayer ? [layer] : [positive, negative, diverse];
  const running = shown.some((growing) => growing.state === "running");
  const paused = shown.some((growing) => growing.state === "paused");
  const cancelled = shown.some((growing) => growing.state === "cancelled");
  const unit = `channel ${question.channel} of ${question.site}`;
  const [shownUnit] = positive.units;
  const { result } = positive;
  const folder = (): void =>
    void connection.sendRequest(pick, { what: "pictures-folder" }).then(
      (photographs) => photographs && change({ photographs, picture: undefined }),
      (error) => setSaid(sentenceOf(error)),
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
        recipe={analysis!.options.filter(({ name }) => name !== chosenByPage)}
        exported={{
          connection,
          answer: inLayer ? undefined : exportableOf(`${question.site}-${question.channel}`, positive),
          drawings: shownUnit && result ? unitFiles(shownUnit, result) : {},
          labels: { json: "Certificate and provenance (JSON)" },
          say: setSaid,
        }}
        onChange={change}
        onPause={() => session.pause()}
        onResume={() => ask(true)}
        onCancel={() => session.cancel()}
      />
      <Progress
        label="Growing"
        share={
          running
            ? shown.reduce((sum, growing) => sum + (growing.state === "done" ? 1 : growing.share), 0) / shown.length
            : undefined
        }
      />
      <Said said={said} onClose={() => setSaid("")} />
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
            unit={unit}
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
function defaultSite(card: NetworkCard): SiteCard | undefined {
  const sites = unitSites(card);
  const blocks = sites.filter(({ role }) => role === "Add" || role === "Concat");
  const from = blocks.length >= 3 ? blocks : sites;
  return from[Math.floor((from.length * 2) / 3)];
}
