import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { Rendered } from "../../src/data/colormap/display.ts";
import { exportResult } from "../../src/protocol/explain-panel.ts";
import { copyText, saveAsExperiment, saveFile } from "../../src/protocol/panel.ts";
import { pngOf } from "./picture-file.ts";
import type { ExportKind } from "./Toolbar.tsx";

interface ShownMap {
  /** File name without its ending. */
  readonly stem: string;
  readonly job: string;
  readonly command: string;
  /** The experiment file that asks the same. */
  readonly experiment: string | undefined;
  readonly drawing: Rendered | undefined;
}

/** Writes what was asked where the person says; resolves to a sentence about it, empty if they changed their mind. */
export async function exportMap(
  connection: MessageConnection,
  kind: ExportKind,
  { stem, job, command, experiment, drawing }: ShownMap,
): Promise<string> {
  if (kind === "command") {
    await connection.sendRequest(copyText, { text: command });
    return "The command is on the clipboard.";
  }
  if (kind === "experiment") {
    const saved =
      experiment &&
      (await connection.sendRequest(saveAsExperiment, { experiment, suggestedName: `${stem}.glassbox.yaml` }));
    return saved ? `Saved as ${saved}.` : "";
  }
  const suggestedName = `${stem}.${kind}`;
  const saved =
    kind === "png"
      ? drawing && (await connection.sendRequest(saveFile, { suggestedName, bytes: await pngOf(drawing) }))
      : await connection.sendRequest(exportResult, { job, format: kind, suggestedName });
  return saved ? `Saved as ${saved}.` : "";
}
