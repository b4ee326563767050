import { useState } from "preact/hooks";
import type { OptionValue } from "../../src/protocol/result.ts";
import type { Block } from "../../src/protocol/walkthrough.ts";
import { Failed } from "../lib/Failed.tsx";
import { Claims } from "./Claims.tsx";
import type { Run } from "./runs.ts";

interface Props {
  readonly block: Block;
  readonly run: Run | undefined;
  /** The step of a question that should be answered first. */
  readonly awaited: string | undefined;
  readonly onRun: (block: string, changes: Readonly<Record<string, OptionValue>>, model: string | undefined) => void;
  readonly onCancel: () => void;
  readonly onPickModel: () => Promise<string | null>;
  readonly onGo: (step: string) => void;
}

/** An experiment as it is written, its button, what it is doing, and whether its claims came out. */
export function BlockView({ block, run, awaited, onRun, onCancel, onPickModel, onGo }: Props) {
  const [changes, setChanges] = useState<Readonly<Record<string, OptionValue>>>({});
  const [model, setModel] = useState<string>();
  const running = run?.state === "running";
  const choose = async (): Promise<void> => {
    const chosen = await onPickModel();
    if (chosen === null) return;
    setModel(chosen);
    onRun(block.id, changes, chosen);
  };
  return (
    <section class="block" aria-label={block.title}>
      <div class="run-row">
        {running ? (
          <button onClick={onCancel}>Cancel</button>
        ) : (
          <button type="submit" class={run ? "run" : "run fresh"} onClick={() => onRun(block.id, changes, model)}>
            {run ? "Run again" : "Run"}
          </button>
        )}
        {block.yours && !running && <button onClick={() => void choose()}>Choose your model…</button>}
        {block.controls.map(({ option, label, choices }) => (
          <label key={option}>
            {label}{" "}
            <select
              disabled={running}
              value={String(changes[option] ?? choices[0])}
              onChange={(event) => {
                const value = choices.find((each) => String(each) === event.currentTarget.value)!;
                const next = Object.fromEntries([
                  ...Object.entries(changes).filter(([name]) => name !== option),
                  ...(value === choices[0] ? [] : [[option, value] as const]),
                ]);
                setChanges(next);
                onRun(block.id, next, model);
              }}
            >
              {choices.map((choice) => (
                <option key={String(choice)} value={String(choice)}>
                  {String(choice)}
                </option>
              ))}
            </select>
          </label>
        ))}
        <span class="quiet doing" role="status">
          {status(block, run, model)}
        </span>
      </div>
      {awaited !== undefined && run === undefined && (
        <p class="doubt">
          There is a question about this run.{" "}
          <button class="link" onClick={() => onGo(awaited)}>
            Commit a prediction first
          </button>
          ; afterwards it would not count.
        </p>
      )}
      {run?.failure && <Failed failure={run.failure} onRetry={() => onRun(block.id, changes, model)} />}
      {run?.outcome && !run.failure && (
        <Claims
          claims={run.outcome.claims}
          asWritten={run.model === undefined && Object.keys(run.changes).length === 0}
        />
      )}
      <details class="source">
        <summary>The experiment as it is written</summary>
        <pre tabIndex={0} aria-label={`Source of ${block.title}`}>
          <code>{block.text}</code>
        </pre>
      </details>
    </section>
  );
}

function status({ title }: Block, run: Run | undefined, model: string | undefined): string {
  if (run === undefined) return model ?? title;
  const on = run.model ? ` on ${run.model.split(/[\\/]/).at(-1)}` : "";
  if (run.state === "running") return run.progress ? `${run.what}: ${run.progress.note}` : `Starting${on}…`;
  if (run.state === "cancelled") return "Cancelled; nothing was kept of it.";
  return run.state === "failed" ? "" : `${title}${on}`;
}
