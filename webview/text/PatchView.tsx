import { useMemo, useState } from "preact/hooks";
import { tokenize, type Prompt } from "../../src/protocol/language-model.ts";
import { Certificate } from "../lib/Certificate.tsx";
import { exportableOf } from "../lib/export-answer.ts";
import { Section } from "../lib/Section.tsx";
import { displayToken } from "../../src/data/text/display-token.ts";
import { CellFacts } from "./CellFacts.tsx";
import { Choice } from "./Choice.tsx";
import { Grid } from "../lib/Grid.tsx";
import { percent, signed } from "../lib/numbers.ts";
import type { Cell } from "../lib/paint-grid.ts";
import { alignPair } from "./pair.ts";
import { ablates as ablatesNow, patchQuestion } from "./patch-question.ts";
import { judgementOf, patchGridOf, sizeOf } from "./recovery.ts";
import { Scale } from "../lib/Scale.tsx";
import { Scatter } from "../lib/Scatter.tsx";
import { patchingSentence } from "./sentences.ts";
import { candidatesAt } from "./SideNext.tsx";
import { COMPONENTS, EXPERIMENTS, METRICS, PATCH_METHODS, type Experiment, type MetricKind } from "./state.ts";
import { MeansField, meanTexts } from "./MeansField.tsx";
import { nameOf, TokenStrip } from "./TokenStrip.tsx";
import { useRequest } from "../lib/use-request.ts";
import { usePromptAnswer } from "./use-prompt-answer.ts";
import { useDraft } from "../lib/use-draft.ts";
import type { ViewProps } from "./view.ts";
import { ViewBar } from "./ViewBar.tsx";
import { Waiting } from "./Waiting.tsx";
import { contrastToken, swappedToken, tokenRef } from "./token-choice.ts";
import { TokenInput } from "./TokenInput.tsx";

/** Where the answer travels: one state at a time taken from the other run, and the metric read again. */
export function PatchView(view: ViewProps) {
  const { engine, card, state, change, prompt, tokens, next, lit, onLit, say } = view;
  const [cursor, setCursor] = useState<Cell>();
  const [selected, setSelected] = useState<Cell>();
  const corruptedDraft = useDraft(state.corrupted, (text) => change({ corrupted: text }));
  const corruptedPrompt: Prompt = { text: state.corrupted, addBos: state.bos };
  const corruptedTokens = useRequest(engine.connection, "Reading the corrupted prompt", tokenize, {
    model: engine.model,
    prompt: corruptedPrompt,
  });
  const other = usePromptAnswer(engine, "Running the corrupted prompt", "token-distributions", {
    subject: { kind: "prompt", prompt: corruptedPrompt },
    options: { top: 10 },
  });
  const corrupted = corruptedTokens.value?.tokens;
  const pair = corrupted && alignPair(tokens, corrupted);
  const ablates = ablatesNow(state);

  const last = tokens.length - 1;
  const [expected, otherExpected] = [next.result?.data, other.result?.data];
  const best = expected && expected.tokens.length > last && last >= 0 ? candidatesAt(expected, last) : [];
  const otherBest = otherExpected ? candidatesAt(otherExpected, otherExpected.tokens.length - 1) : [];
  const answer = state.answer ?? best[0]?.text;
  // Until the corrupted prompt has run, the contrast could be another token, and patching would start twice.
  const running = other.state === "waiting" || other.state === "running";
  const contrast =
    swappedToken(tokens, corrupted, pair?.differing, answer) ??
    (running ? undefined : contrastToken(best, otherBest, answer));
  const wrong = state.wrong || contrast;
  const known = [...best, ...otherBest, ...tokens, ...(corrupted ?? [])];
  const edited = state.edits.length > 0;
  const written = meanTexts(state);
  const means = written.length
    ? written
    : pair?.problem === undefined
      ? [state.prompt, state.corrupted]
      : [state.prompt];
  const ready = !edited && tokens.length > 0 && (ablates || (pair !== undefined && pair.problem === undefined));
  const question = ready
    ? patchQuestion(state, {
        prompt,
        corrupted: corruptedPrompt,
        answer: answer === undefined ? undefined : tokenRef(answer, known),
        wrong: wrong === undefined ? undefined : tokenRef(wrong, known),
        means,
      })
    : undefined;
  const run = usePromptAnswer(engine, "Patching", "patched", question);
  const estimates = question?.when !== undefined;
  const compares = estimates && state.compare;
  const exactRun = usePromptAnswer(
    engine,
    "Patching exactly",
    "patched",
    question && compares ? { ...question, when: undefined } : undefined,
  );

  const grid = useMemo(() => patchGridOf(run), [run.result, run.parts]);
  const judgement = useMemo(() => judgementOf(grid, state.experiment), [grid, state.experiment]);
  const heads = state.component === "head";
  const columns = heads ? Array.from({ length: card.heads }, (_, head) => `h${head}`) : tokens.map(nameOf);
  const rows = Array.from({ length: card.layers }, (_, row) => `${card.layers - 1 - row}`);
  const valueAt = (row: number, column: number): number | undefined => grid.layers.get(card.layers - 1 - row)?.[column];
  const shares =
    judgement &&
    rows.map((_, layer) => {
      const row = grid.layers.get(layer);
      return row && Array.from(row, (value) => sizeOf(value, judgement));
    });
  const sentence =
    judgement?.kind === "share" && shares && state.experiment === "denoise"
      ? patchingSentence(shares, heads ? columns : tokens.map(({ text }) => text), heads ? "head" : "position")
      : "";
  const what = METRICS[state.metric].toLowerCase();
  const title = titles[state.experiment](
    what,
    heads ? "head" : "position",
    written.length === 0 ? "the pair" : written.length === 1 ? "one prompt" : `${written.length} prompts`,
  );
  const told = (value: number | undefined): string =>
    value === undefined || !judgement
      ? "not known yet"
      : judgement.kind === "share"
        ? `${percent(sizeOf(value, judgement))}, ${what} ${signed(value)}`
        : `${signed(value - judgement.base)} to ${signed(value)}`;
  const brief = (value: number | undefined): string =>
    value === undefined || !judgement
      ? ""
      : judgement.kind === "share"
        ? percent(sizeOf(value, judgement))
        : signed(value - judgement.base);
  const points = compares ? pointsOf(grid.layers, patchGridOf(exactRun).layers) : [];
  const shown = cursor ?? selected;

  return (
    <div class="content">
      <div class="main">
        <div class="pair">
          <span class="quiet">clean</span>
          <div>
            <TokenStrip
              name="clean"
              tokens={tokens}
              lit={heads ? undefined : lit}
              marked={ablates ? undefined : pair?.differing}
              onLit={onLit}
            />
            {grid.clean !== undefined && (
              <span class="outcome">
                → {metricName(state.metric, answer, wrong)} <strong>{signed(grid.clean)}</strong>
              </span>
            )}
          </div>
          {!ablates && (
            <>
              <label class="quiet" for="corrupted">
                corrupted
              </label>
              <div>
                <input id="corrupted" class="wide" {...corruptedDraft} />
                {corrupted && (
                  <TokenStrip
                    name="corrupted"
                    tokens={corrupted}
                    lit={heads ? undefined : lit}
                    marked={pair?.differing}
                    onLit={onLit}
                  />
                )}
                {grid.corrupted !== undefined && (
                  <span class="outcome">
                    → <strong>{signed(grid.corrupted)}</strong>
                  </span>
                )}
              </div>
            </>
          )}
        </div>
        <ViewBar
          engine={engine}
          title={title}
          grid="patching"
          answer={question && exportableOf(`patching-${state.component}`, run)}
          say={say}
        >
          <Choice
            label="Experiment"
            options={EXPERIMENTS}
            value={state.experiment}
            onChange={(experiment) => change({ experiment })}
          />
          <Choice
            label="What is patched"
            options={COMPONENTS}
            value={state.component}
            onChange={(component) => change({ component })}
          />
          <Choice
            label="Metric"
            options={METRICS}
            value={state.metric}
            onChange={(metricKind) => change({ metric: metricKind })}
          />
          {!ablates && (
            <Choice
              label="Method"
              options={PATCH_METHODS}
              value={state.method}
              onChange={(chosen) => change({ method: chosen })}
            />
          )}
          {state.metric !== "divergence" && (
            <TokenInput
              label="Answer"
              value={answer ?? ""}
              suggestions={best.map(({ text }) => text)}
              onChange={(text) => change({ answer: text || undefined })}
            />
          )}
          {state.metric === "logit-difference" && (
            <TokenInput
              label="Against"
              value={wrong ?? ""}
              suggestions={[...otherBest, ...best].map(({ text }) => text)}
              onChange={(text) => change({ wrong: text || undefined })}
            />
          )}
        </ViewBar>
        {state.experiment === "mean" && (
          <MeansField state={state} onMeans={(means) => change({ means })} otherwise="the pair" />
        )}
        {edited && (
          <div class="failed" role="alert">
            <p class="what">
              <span aria-hidden="true">✕</span> Patching runs the model as it is, without the{" "}
              {state.edits.length === 1 ? "intervention" : `${state.edits.length} interventions`} above.
            </p>
            <button onClick={() => change({ edits: [] })}>
              Remove {state.edits.length === 1 ? "the intervention" : "the interventions"} and patch
            </button>
          </div>
        )}
        {corruptedTokens.state !== "done" && <Waiting answer={corruptedTokens} doing="Reading the corrupted prompt" />}
        {!ablates && pair?.problem && (
          <div class="failed" role="alert">
            <p class="what">
              <span aria-hidden="true">✕</span> {pair.problem}
            </p>
          </div>
        )}
        {question && run.state !== "done" && <Waiting answer={run} doing="Patching" />}
        {question && run.state !== "failed" && (
          <Grid
            name="patching"
            label={`${title}; layers upwards, ${heads ? "heads" : "positions"} across. ${sentence}`}
            rowTitle="Layer"
            columnTitle={heads ? "Head" : "Position"}
            rows={rows}
            columns={columns}
            shadeOf={(row, column) => {
              const value = valueAt(row, column);
              return value === undefined || !judgement ? undefined : sizeOf(value, judgement);
            }}
            valueOf={(row, column) => brief(valueAt(row, column))}
            cursor={cursor}
            selected={selected}
            litColumn={heads ? undefined : lit}
            describe={({ row, column }) =>
              `Layer ${rows[row]}, ${heads ? `head ${column}` : `position ${column} ${columns[column]}`}: ${told(valueAt(row, column))}`
            }
            onCursor={(cell) => {
              setCursor(cell);
              if (!heads) onLit(cell?.column);
            }}
            onSelect={setSelected}
          />
        )}
      </div>
      <aside class="facts-column" aria-label="Facts">
        {shown && shown.column < columns.length && shown.row < rows.length && (
          <CellFacts
            view={view}
            question={question}
            layer={card.layers - 1 - shown.row}
            column={shown.column}
            columnName={columns[shown.column]!}
            value={valueAt(shown.row, shown.column)}
            judgement={judgement}
            program={run.result?.code.python}
            over={means.map((text) => ({ text, addBos: state.bos }))}
            pinned={cursor === undefined || (selected?.row === cursor.row && selected.column === cursor.column)}
          />
        )}
        <Section title="Read it">
          <p>
            {sentence ||
              (run.state === "done"
                ? "Blue makes the answer worse, orange better; a cell has its number under the cursor."
                : run.state === "cancelled"
                  ? "Stopped; finished cells are kept."
                  : "The sentence comes with the last cell.")}
          </p>
        </Section>
        {estimates && (
          <Section title="Estimate against exact">
            {compares ? (
              points.length ? (
                <Scatter points={points} />
              ) : (
                <Waiting answer={exactRun} doing="Running every cell exactly" />
              )
            ) : (
              <>
                <p>These are estimates: one gradient for the whole grid.</p>
                <button onClick={() => change({ compare: true })}>Compare with exact values</button>
              </>
            )}
          </Section>
        )}
        <Scale
          low={judgement?.kind === "change" ? signed(-judgement.unit) : "worse"}
          middle="0"
          high={
            judgement?.kind === "change"
              ? signed(judgement.unit)
              : state.experiment === "denoise"
                ? "all of it"
                : "all the way"
          }
          signed
          note={
            judgement?.kind === "change"
              ? `Change of the ${what}; full colour is the largest.`
              : `(patched − ${state.experiment === "denoise" ? "corrupted" : "clean"}) / (${state.experiment === "denoise" ? "clean − corrupted" : "corrupted − clean"}).`
          }
        />
        <Certificate title="patching" result={run.result} open={false} />
      </aside>
    </div>
  );
}

const titles: Readonly<Record<Experiment, (metric: string, unit: string, means: string) => string>> = {
  denoise: (_, unit) => `Clean state put back: share of the answer recovered, layer × ${unit}`,
  noise: (_, unit) => `Corrupted state put in: share of the way to the corrupted answer, layer × ${unit}`,
  zero: (metric, unit) => `Set to zero: change of the ${metric}, layer × ${unit}`,
  mean: (metric, unit, means) => `Set to its mean over ${means}: change of the ${metric}, layer × ${unit}`,
};

function metricName(kind: MetricKind, answer: string | undefined, wrong: string | undefined): string {
  if (kind === "divergence") return "KL";
  return kind === "logit-difference"
    ? `${displayToken(answer ?? "")} − ${displayToken(wrong ?? "")}`
    : `${METRICS[kind].toLowerCase()} of ${displayToken(answer ?? "")}`;
}

const pointsOf = (estimates: ReadonlyMap<number, Float64Array>, exact: ReadonlyMap<number, Float64Array>) =>
  [...estimates].flatMap(([layer, row]) => {
    const other = exact.get(layer);
    return other ? Array.from(row, (estimate, i) => ({ estimate, exact: other[i]! })) : [];
  });
