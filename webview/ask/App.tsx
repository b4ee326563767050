import { useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import { openModel } from "../../src/protocol/engine.ts";
import { useActivity } from "../lib/activity.ts";
import { gridOf } from "../lib/answer-grid.ts";
import { Certificate } from "../lib/Certificate.tsx";
import { exportableOf } from "../lib/export-answer.ts";
import { ExportMenu } from "../lib/ExportMenu.tsx";
import { Failed } from "../lib/Failed.tsx";
import { largestMagnitude } from "../lib/GridView.tsx";
import { figure } from "../lib/numbers.ts";
import type { Cell } from "../lib/paint-grid.ts";
import { Progress } from "../lib/Progress.tsx";
import { Scale } from "../lib/Scale.tsx";
import { useAsk } from "../lib/use-ask.ts";
import { usePanel, useShown } from "../lib/use-panel.ts";
import { useRequest } from "../lib/use-request.ts";
import { About } from "./About.tsx";
import { AnalysisChoice } from "./AnalysisChoice.tsx";
import { AnswerView } from "./AnswerView.tsx";
import { CellFacts } from "./CellFacts.tsx";
import { QuestionForm } from "./QuestionForm.tsx";
import { fitting, initialState, questionOf, restoredState, withAnalysis, type Draft } from "./state.ts";

/** The panel of any analysis: choose one that fits the model, fill in what it looks at, ask. */
export function App({ connection }: { readonly connection: MessageConnection }) {
  const panel = usePanel(connection, { initial: initialState, restored: restoredState });
  const { greeting, state, change } = panel;
  const opened = useRequest(connection, "Opening the model", openModel, state && { model: state.model });
  const offered = greeting && opened.value ? fitting(greeting.analyses, opened.value) : [];
  const titleOf = (id: string | undefined): string | undefined => offered.find((card) => card.id === id)?.title;
  const asked = useAsk(
    connection,
    titleOf(state?.asked?.analysis) ?? "Asking",
    opened.value && state?.asked && questionOf(state.model, state.asked),
  );
  const activity = useActivity(connection);
  const [selected, setSelected] = useState<Cell>();
  const [checksOpen, setChecksOpen] = useState(false);
  const [said, setSaid] = useState("");
  useShown(connection, state, titleOf(state?.asked?.analysis));

  const failed = [{ failure: panel.failure, retry: panel.retry }, opened, asked].find(({ failure }) => failure);
  if (state === undefined || opened.value === undefined)
    return (
      <main>
        <h1 class="hidden">Ask an analysis</h1>
        {failed?.failure ? (
          <Failed failure={failed.failure} onRetry={failed.retry} />
        ) : (
          <p class="quiet" role="status">
            Opening the model…
          </p>
        )}
      </main>
    );

  const model = opened.value;
  const analysis = offered.find(({ id }) => id === state.draft.analysis) ?? offered[0];
  if (analysis === undefined)
    return (
      <main>
        <p class="lead">No analysis fits this model.</p>
      </main>
    );
  const draft = state.draft.analysis === analysis.id ? state.draft : withAnalysis(state.draft, analysis, model);
  const question = questionOf(state.model, draft);
  const same = JSON.stringify(question) === JSON.stringify(state.asked && questionOf(state.model, state.asked));
  const edit = (part: Partial<Draft>): void => change({ draft: { ...draft, ...part } });
  const running = asked.state === "running";
  const grid = gridOf(asked);
  const title = titleOf(state.asked?.analysis) ?? "";
  const most = grid && figure(largestMagnitude(grid));
  return (
    <main data-state={asked.state}>
      <h1 class="hidden">Ask an analysis of {greeting!.modelName}</h1>
      <header class="toolbar">
        <p class="subject">
          <AnalysisChoice
            offered={offered}
            chosen={analysis.id}
            onChoose={(card) => change({ draft: withAnalysis(draft, card, model) })}
          />
          <span class="quiet"> of </span>
          <code title={state.model}>{greeting!.modelName}</code>
        </p>
        <div class="actions">
          <button class="cancel" disabled={!running} onClick={activity.cancel}>
            Cancel
          </button>
          <ExportMenu
            connection={connection}
            answer={exportableOf(`${state.asked?.analysis ?? ""}-${greeting!.modelName}`, asked)}
            title={title}
            say={setSaid}
          />
        </div>
      </header>
      <Progress
        label={title || "Asking"}
        share={running ? (asked.progress ? asked.progress.done / Math.max(1, asked.progress.total) : 0) : undefined}
      />
      <p class="said" role="status">
        {running
          ? asked.progress?.note || "The engine works on it…"
          : asked.state === "cancelled"
            ? "Stopped early; what was known is kept."
            : said}
      </p>
      <div class="content">
        <div class="leading">
          {asked.failure ? (
            <Failed failure={asked.failure} onRetry={asked.retry} />
          ) : asked.result ? (
            <AnswerView
              asked={asked}
              selected={selected}
              checksOpen={checksOpen}
              onSelect={setSelected}
              onChecks={() => setChecksOpen(!checksOpen)}
            />
          ) : (
            !running && <About analysis={analysis} />
          )}
        </div>
        <aside class="facts-column" aria-label="Question and facts">
          <QuestionForm
            connection={connection}
            analysis={analysis}
            draft={draft}
            sites={model.sites}
            ready={question !== undefined && !running}
            onChange={edit}
            onAsk={() => (same ? asked.retry() : (setSelected(undefined), change({ draft, asked: draft })))}
          />
          {grid && <CellFacts grid={grid} cell={selected} />}
          {grid && (
            <Scale
              low={grid.signed ? `−${most}` : "0"}
              {...(grid.signed && { middle: "0" })}
              high={most!}
              signed={grid.signed}
              note={`${grid.quantity}${grid.unit && ` in ${grid.unit}`}.`}
            />
          )}
          {asked.result && <Certificate title={title} result={asked.result} open={checksOpen} />}
        </aside>
      </div>
    </main>
  );
}
