import { useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import { correctModel } from "../../src/protocol/engine.ts";
import { openPanel } from "../../src/protocol/panel.ts";
import { Failed } from "../lib/Failed.tsx";
import { sentenceOf } from "../lib/failure-of.ts";
import { Said } from "../lib/Said.tsx";
import { Section } from "../lib/Section.tsx";
import { usePanel, useShown } from "../lib/use-panel.ts";
import { Overview } from "./Overview.tsx";
import { Sites } from "./Sites.tsx";
import { startsOf, type Start } from "./starts.ts";
import { initialState, restoredState } from "./state.ts";
import { useInspected } from "./use-inspected.ts";

/** The inspector: what a model file is, what can be asked of it, and the values inside it. It runs nothing. */
export function App({ connection }: { readonly connection: MessageConnection }) {
  const panel = usePanel(connection, { initial: initialState, restored: restoredState });
  const { greeting, state, change } = panel;
  const inspected = useInspected(connection, state?.model);
  const [said, setSaid] = useState("");
  useShown(connection, state);

  const model = inspected.value;
  if (state === undefined || model === undefined)
    return (
      <main>
        <h1>{greeting?.modelName ?? "What this model is"}</h1>
        {panel.failure ? (
          <Failed failure={panel.failure} onRetry={panel.retry} />
        ) : inspected.failure ? (
          <>
            <p class="lead">Glassbox cannot run this file. Nothing in it was executed.</p>
            <Failed failure={inspected.failure} onRetry={inspected.retry} />
          </>
        ) : (
          <p class="quiet" role="status">
            Reading the model…
          </p>
        )}
      </main>
    );

  const open = (opened: Start["panel"], intent: object = {}): void =>
    void connection.sendNotification(openPanel, { panel: opened, intent });
  return (
    <main>
      <h1>{greeting!.modelName}</h1>
      <Said said={said} onClose={() => setSaid("")} />
      <Section title="What can be asked of it" name="starts">
        <ul>
          {startsOf(model).map(({ panel: opened, title, shows }) => (
            <li key={opened}>
              <button onClick={() => open(opened)}>{title}</button>
              <p class="quiet">{shows}</p>
            </li>
          ))}
        </ul>
      </Section>
      <div class="content">
        <Overview
          model={model}
          onCorrect={(correction) =>
            void connection
              .sendRequest(correctModel, { model: state.model, correction })
              .then(inspected.retry, (error: unknown) => setSaid(sentenceOf(error)))
          }
        />
        <Section title="Sites" of="from the input to the output">
          <Sites
            model={model}
            search={state.search}
            onSearch={(search) => change({ search })}
            onOpen={(site) => open("unit", { site, channel: 0, view: "layer" })}
          />
        </Section>
      </div>
    </main>
  );
}
