import { useEffect, useRef, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { Failure } from "../../src/protocol/engine.ts";
import type { OptionValue } from "../../src/protocol/result.ts";
import {
  initializeWalkthrough,
  keepProgress,
  openAnother,
  openExcerpt,
  pickModel,
  type WalkthroughInit,
  type WalkthroughProgress,
} from "../../src/protocol/walkthrough.ts";
import { Failed } from "../lib/Failed.tsx";
import { Progress } from "../lib/Progress.tsx";
import { vscode } from "../lib/connection.ts";
import { failureOf } from "../lib/failure-of.ts";
import { useRuns } from "./runs.ts";
import { StepList } from "./StepList.tsx";
import { StepView } from "./StepView.tsx";
import { questionsOf, tally } from "./tally.ts";

/** The player: one paper, a step at a time. What was predicted and found is kept by the host. */
export function App({ connection }: { readonly connection: MessageConnection }) {
  const [greeting, setGreeting] = useState<WalkthroughInit>();
  const [failure, setFailure] = useState<Failure>();
  const [progress, setProgress] = useState<WalkthroughProgress>();
  const [said, setSaid] = useState("");
  const runs = useRuns(connection);
  const heading = useRef<HTMLHeadingElement>(null);
  const moved = useRef(false);

  useEffect(() => {
    void connection.sendRequest(initializeWalkthrough).then(
      (hello) => {
        setGreeting(hello);
        setProgress(hello.progress);
        vscode.setState({ walkthrough: hello.walkthrough.id });
      },
      (error) => setFailure(failureOf(error)),
    );
  }, []);
  const walkthrough = greeting?.walkthrough;
  const step = walkthrough?.steps.find(({ id }) => id === progress?.step) ?? walkthrough?.steps[0];
  useEffect(() => {
    if (step === undefined || progress === undefined) return;
    if (progress.step !== step.id || !progress.visited.includes(step.id))
      change({ step: step.id, visited: [...new Set([...progress.visited, step.id])] });
    for (const part of step.parts) {
      if (part.kind !== "block" || runs.of(part.block.id) !== undefined) continue;
      const known = progress.ran?.includes(part.block.id);
      if (step.kind === "hook" || known) void run(part.block.id, {}, undefined);
    }
    if (moved.current) heading.current?.focus();
  }, [step?.id, progress === undefined]);

  const latest = useRef(progress);
  latest.current = progress;
  const change = (part: Partial<WalkthroughProgress>): void => {
    const next = { ...latest.current!, ...part };
    latest.current = next;
    setProgress(next);
    void connection.sendNotification(keepProgress, next);
  };
  const go = (id: string | undefined): void => {
    if (id === undefined) return;
    moved.current = true;
    setSaid("");
    scrollTo(0, 0);
    change({ step: id, visited: [...new Set([...latest.current!.visited, id])] });
  };
  /** Runs, and keeps what the questions wanted to know. Answers of a reader's own model or of changed options are not theirs. */
  const run = async (
    block: string,
    changes: Readonly<Record<string, OptionValue>>,
    model: string | undefined,
  ): Promise<void> => {
    const outcome = await runs.start(block, changes, model);
    if (outcome === undefined || walkthrough === undefined || model !== undefined || Object.keys(changes).length > 0)
      return;
    const found = questionsOf(walkthrough).flatMap(({ id, truth, scale }) => {
      const value = truth.startsWith(`${block}/`) ? outcome.readings[truth.slice(block.length + 1)] : undefined;
      return value === undefined ? [] : [[id, value * scale] as const];
    });
    const now = latest.current!;
    change({ found: { ...now.found, ...Object.fromEntries(found) }, ran: [...new Set([...(now.ran ?? []), block])] });
  };
  const index = walkthrough && step ? walkthrough.steps.indexOf(step) : 0;
  const [before, after] = [walkthrough?.steps[index - 1]?.id, walkthrough?.steps[index + 1]?.id];
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (
        event.altKey ||
        event.ctrlKey ||
        event.metaKey ||
        (event.target as Element).matches("select, input[type=text]")
      )
        return;
      if (event.key === "n") go(after);
      else if (event.key === "p") go(before);
      else if (event.key === "r")
        (
          document.querySelector<HTMLButtonElement>("button.run.fresh") ??
          document.querySelector<HTMLButtonElement>("button.run")
        )?.click();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [before, after, step?.id]);

  if (walkthrough === undefined || progress === undefined || step === undefined) {
    return (
      <main>
        <h1 class="hidden">Walkthrough</h1>
        {failure ? (
          <Failed failure={failure} onRetry={() => location.reload()} />
        ) : (
          <p class="quiet" role="status">
            Opening the walkthrough…
          </p>
        )}
      </main>
    );
  }
  const running = step.parts
    .flatMap((part) => (part.kind === "block" ? [runs.of(part.block.id)] : []))
    .find((each) => each?.state === "running");
  const share = running
    ? running.progress && running.progress.total > 0
      ? running.progress.done / running.progress.total
      : 0.02
    : undefined;
  return (
    <main>
      <header class="toolbar">
        <div>
          <h1>{walkthrough.title}</h1>
          <p class="quiet">
            {walkthrough.paper.authors}, {walkthrough.paper.year} · about {walkthrough.minutes} minutes ·{" "}
            {tally(walkthrough, progress)}
          </p>
        </div>
        {greeting!.others.length > 1 && (
          <select
            aria-label="Walkthrough"
            value={walkthrough.id}
            onChange={(event) => {
              void connection.sendNotification(openAnother, { id: event.currentTarget.value });
              // The other one opens in a panel of its own; this one stays what it is.
              event.currentTarget.value = walkthrough.id;
            }}
          >
            {greeting!.others.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        )}
      </header>
      <Progress label="Progress of the run" share={share} />
      <div class="layout">
        <StepList steps={walkthrough.steps} current={step.id} visited={progress.visited} onGo={go} />
        <article aria-labelledby="step-title">
          <p class="kicker">
            {KINDS[step.kind]} · step {index + 1} of {walkthrough.steps.length}
          </p>
          <h2 id="step-title" class="step-title" tabIndex={-1} ref={heading}>
            {step.title}
          </h2>
          <StepView
            walkthrough={walkthrough}
            step={step}
            progress={progress}
            runs={runs}
            onRun={(block, changes, model) => void run(block, changes, model)}
            onPredict={(question, value) => change({ predictions: { ...progress.predictions, [question]: value } })}
            onGo={go}
            others={greeting!.others}
            onOther={(id) => void connection.sendNotification(openAnother, { id })}
            onPickModel={() => connection.sendRequest(pickModel)}
            onOpen={(file, line) =>
              void connection
                .sendRequest(openExcerpt, { file, line })
                .then((opened) =>
                  setSaid(
                    opened
                      ? `${file} is open beside.`
                      : "This installation has no sources; the lines shown are all of it.",
                  ),
                )
            }
          />
          <p class="said quiet" role="status">
            {said}
          </p>
          <nav class="ends" aria-label="Neighbouring steps">
            <button disabled={before === undefined} onClick={() => go(before)}>
              ← Back
            </button>
            <span class="quiet keys" aria-hidden="true">
              n next · p back · r run
            </span>
            {after !== undefined && (
              <button type="submit" onClick={() => go(after)}>
                Next: {walkthrough.steps[index + 1]!.title} →
              </button>
            )}
          </nav>
        </article>
      </div>
    </main>
  );
}

const KINDS = {
  hook: "The figure first",
  predict: "Commit a prediction",
  run: "Run it",
  score: "Predicted and found",
  break: "Break one thing",
  yours: "Your model",
  limits: "What this does not show",
  citation: "Citation",
} as const;
