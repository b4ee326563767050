import type { ComponentChildren } from "preact";
import { copyText, saveFile } from "../../src/protocol/panel.ts";
import { Menu } from "../lib/Menu.tsx";
import { EXPORTS, fileOf, type Exportable, type ExportKind } from "./export.ts";
import type { Host } from "./host.ts";
import { savedExperiment } from "./saved-experiment.ts";
import { failureOf } from "./use-answer.ts";

interface Props {
  readonly host: Host;
  readonly title: string;
  readonly exportable: Exportable | undefined;
  readonly say: (sentence: string) => void;
  readonly children?: ComponentChildren;
}

/** A view's own controls, and what it can give away. */
export function ViewBar({ host, title, exportable, say, children }: Props) {
  const copy = async (text: string, what: string): Promise<void> => {
    await host.connection.sendRequest(copyText, { text });
    say(`${what} is on the clipboard.`);
  };
  const give = async (kind: ExportKind, from: Exportable): Promise<void> => {
    if (kind === "command") return copy(from.code.cli, "The command");
    if (kind === "code") return copy(from.code.transformerLens, "The code");
    if (kind === "experiment") return say(await savedExperiment(host, from.name, from.code));
    const saved = await host.connection.sendRequest(saveFile, {
      suggestedName: `${from.name}.${kind}`,
      bytes: await fileOf(kind, from),
    });
    say(saved === null ? "" : `Saved ${saved}`);
  };
  const kinds = (Object.keys(EXPORTS) as ExportKind[]).filter(
    (kind) => kind !== "experiment" || exportable?.code.experiment !== undefined,
  );
  return (
    <div class="view-bar">
      <h2>{title}</h2>
      <div class="actions">
        {children}
        <Menu label="Export" disabled={exportable === undefined}>
          {exportable &&
            kinds.map((kind) => (
              <button
                key={kind}
                class="item"
                onClick={() => void give(kind, exportable).catch((error) => say(failureOf(error).what))}
              >
                {EXPORTS[kind]}
              </button>
            ))}
        </Menu>
      </div>
    </div>
  );
}
