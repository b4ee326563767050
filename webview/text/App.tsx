import { useEffect, useMemo, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { Failure } from "../../src/protocol/engine.ts";
import { openLanguage, type LanguageCard } from "../../src/protocol/language-model.ts";
import { greetText, promptShown, type TextGreeting } from "../../src/protocol/text-panel.ts";
import { vscode } from "../lib/connection.ts";
import { Failed } from "../lib/Failed.tsx";
import { Progress } from "../lib/Progress.tsx";
import type { Task } from "../lib/activity.ts";
import { createHost, type Host } from "./host.ts";
import { initialState, restoredState, type TextState } from "./state.ts";
import { failureOf, useAnswer } from "./use-answer.ts";
import { Workbench } from "./Workbench.tsx";

/** The text workbench: one language model, one prompt, several views of what happens inside. */
export function App({ connection }: { readonly connection: MessageConnection }) {
  const host = useMemo(() => createHost(connection), [connection]);
  const [greeting, setGreeting] = useState<TextGreeting>();
  const [failure, setFailure] = useState<Failure>();
  const [state, setState] = useState<TextState | undefined>(() => restoredState(vscode.getState()));
  const [tasks, setTasks] = useState<readonly Task[]>([]);
  const [said, setSaid] = useState("");

  useEffect(() => {
    host.activity.listen(setTasks);
    void connection.sendRequest(greetText).then(
      (hello) => {
        setGreeting(hello);
        setState(
          (now) =>
            now ??
            restoredState(hello.intent) ?? {
              ...initialState(hello.model),
              ...(hello.prompt === undefined ? {} : { prompt: hello.prompt }),
            },
        );
      },
      (error: unknown) => setFailure(failureOf(error)),
    );
  }, []);
  useEffect(() => void (state && vscode.setState(state)), [state]);
  useEffect(
    () => void (state && greeting && connection.sendNotification(promptShown, { prompt: state.prompt })),
    [state?.prompt, greeting],
  );

  const opened = useAnswer(host, "Opening the model", openLanguage, greeting && { model: greeting.model });
  const running = tasks.length > 0;
  const share = running ? tasks.reduce((sum, task) => sum + task.share, 0) / tasks.length : undefined;
  const label = tasks[0]?.label ?? "Idle";
  return (
    <main>
      <h1 class="hidden">Text workbench{greeting && `: ${greeting.modelName}`}</h1>
      <header class="toolbar">
        <p class="subject">
          <code>{greeting?.modelName ?? ""}</code> {opened.value && <ModelFacts card={opened.value} />}
        </p>
        <div class="actions">
          <span class="quiet doing" role="status">
            {running ? label : said}
          </span>
          <button class="cancel" disabled={!running} onClick={() => host.activity.cancel()}>
            Cancel
          </button>
        </div>
      </header>
      <Progress label={label} share={share} />
      {failure && <Failed failure={failure} onRetry={() => location.reload()} />}
      {opened.state === "failed" && opened.failure && <Failed failure={opened.failure} onRetry={opened.retry} />}
      {!failure && opened.state === "running" && (
        <p class="quiet" role="status">
          Opening the model. Its weights are written to the store once…
        </p>
      )}
      {greeting && state && opened.value && (
        <Started
          host={host}
          card={opened.value}
          state={state}
          change={(part) => setState((now) => now && { ...now, ...part })}
          say={setSaid}
        />
      )}
    </main>
  );
}

interface StartedProps {
  readonly host: Host;
  readonly card: LanguageCard;
  readonly state: TextState;
  readonly change: (part: Partial<TextState>) => void;
  readonly say: (sentence: string) => void;
}

function Started({ host, card, state, change, say }: StartedProps) {
  if (!card.tokenizer) {
    const failure: Failure = {
      kind: "file",
      what: "there is no tokenizer beside the weights, so a text cannot be read",
      where: card.name,
      hint: "Put the checkpoint's tokenizer.json into the same folder, and open it again.",
    };
    return <Failed failure={failure} onRetry={() => location.reload()} />;
  }
  return <Workbench host={host} card={card} state={state} change={change} say={say} />;
}

function ModelFacts({ card }: { readonly card: LanguageCard }) {
  const heads =
    card.keyValueHeads === card.heads
      ? `${card.heads} heads`
      : `${card.heads} heads, ${card.keyValueHeads} key-value heads`;
  return (
    <span class="quiet" title={card.notes.join("\n")}>
      {card.family}, {card.layers} layers, {heads}, {millions(card.parameters)} parameters in {card.weights}
    </span>
  );
}

const millions = (count: number): string =>
  count >= 1e9
    ? `${(count / 1e9).toFixed(1)} billion`
    : count >= 1e6
      ? `${Math.round(count / 1e6)} million`
      : `${count}`;
