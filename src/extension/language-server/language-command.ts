import * as vscode from "vscode";
import { commandId } from "../manifest/commands.ts";
import type { PanelHost } from "../panels/host.ts";
import type { PanelServices } from "../panels/window.ts";
import type { Surface } from "../surface.ts";
import type { LanguageServer } from "./language-server.ts";
import { experimentRunner } from "./run-experiment.ts";

/** Running what stands in the editor, and opening the models that lenses and hovers name: by path, because these come from another process. */
export function languageSurface(services: PanelServices, server: LanguageServer, host: PanelHost) {
  const run = experimentRunner(services, server, host);
  return {
    commands: {
      runExperiment: (uri?: string | vscode.Uri) => run(uri, false),
      checkExperiment: (uri?: string | vscode.Uri) => run(uri, true),
      explainFile: (file: string) => vscode.commands.executeCommand(commandId("explain"), vscode.Uri.file(file)),
      openTextFile: (file: string) =>
        vscode.commands.executeCommand(commandId("openTextWorkbench"), vscode.Uri.file(file)),
    },
  } satisfies Surface;
}
