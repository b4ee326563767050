import { useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import { openModel, type Failure } from "../../src/protocol/engine.ts";
import type { LanguageCard } from "../../src/protocol/language-model.ts";
import type { ModelCard } from "../../src/protocol/model.ts";
import { useActivity } from "../lib/activity.ts";
import { Failed } from "../lib/Failed.tsx";
import { Progress } from "../lib/Progress.tsx";
import { usePanel, useShown } from "../lib/use-panel.ts";
import { useRequest } from "../lib/use-request.ts";
import { initialState, restoredState, type TextState } from "./state.ts";
import type { Engine } from "./use-prompt-answer.ts";
import { Workbench } from "./Workbench.tsx";

/** The text workbench: one language model, one prompt, several views of what happens inside. */
export function App({ connection }: { readonly connection: MessageConnection }) {
  const panel = usePanel(connection, { initial: initialState, restored: restoredState });
  const { greeting, state, change } = panel;
  const opened = useRequest(connection, "Opening the model", openModel, greeting && { model: greeting.model });
  const { tasks, cancel } = useActivity(connection);
  const [said, setSaid] = useState("");
  useShown(connection, state);

  const running = tasks.length > 0;
  const share = running ? tasks.reduce((sum, task) => sum + task.share, 0) / tasks.length : undefined;
  const label = tasks[0]?.label ?? "Idle";
  const card = opened.value;
  return (
    <main>
      <h1 class="hidden">Text workbench{greeting && `: ${greeting.modelName}`}</h1>
      <header class="toolbar">
        <p class="subject">
          <code>{greeting?.modelName ?? ""}</code> {card?.kind === "language-model" && <ModelFacts card={card} />}
        </p>
        <div class="actions">
          <span class="quiet doing" role="status">
            {running ? label : said}
          </span>
          <button class="cancel" disabled={!running} onClick={cancel}>
            Cancel
          </button>
        </div>
      </header>
      <Progress label={label} share={share} />
      {panel.failure && <Failed failure={panel.failure} onRetry={panel.retry} />}
      {opened.failure && <Failed failure={opened.failure} onRetry={opened.retry} />}
      {!panel.failure && opened.state === "running" && (
        <p class="quiet" role="status">
          Opening the model. Its weights are written to the store once…
        </p>
      )}
      {greeting && state && card && (
        <Started
          engine={{ connection, model: greeting.model, analyses: greeting.analyses }}
          card={card}
          state={state}
          change={change}
          say={setSaid}
          retry={opened.retry}
        />
      )}
    </main>
  );
}

interface StartedProps {
  readonly engine: Engine;
  readonly card: ModelCard;
  readonly state: TextState;
  readonly change: (part: Partial<TextState>) => void;
  readonly say: (sentence: string) => void;
  readonly retry: () => void;
}

function Started({ card, retry, ...workbench }: StartedProps) {
  if (card.kind === "network") return <Failed failure={noLanguageModel(card.name)} onRetry={retry} />;
  if (!card.tokenizer) return <Failed failure={noTokenizer(card.name)} onRetry={retry} />;
  return <Workbench card={card} {...workbench} />;
}

const noLanguageModel = (name: string): Failure => ({
  kind: "unsupported",
  what: `${name} is a network of pictures or tensors, and this panel shows language models`,
  where: undefined,
  hint: "Explain a prediction of it instead.",
});

const noTokenizer = (name: string): Failure => ({
  kind: "file",
  what: "there is no tokenizer next to the weights, so a text cannot be read",
  where: name,
  hint: "Put the checkpoint's tokenizer.json into the same folder, and open it again.",
});

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
