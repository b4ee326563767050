import { createRequire } from "node:module";
import * as vscode from "vscode";
import { watchDocuments } from "./language-server/watch-documents.ts";
import { COMMANDS, commandId, type CommandName } from "./manifest/commands.ts";
import { CUSTOM_EDITORS, type CustomEditorName } from "./manifest/custom-editors.ts";
import { PANELS, type PanelName } from "./manifest/panels.ts";
import type { Surfaces } from "./surfaces.ts";
import { registerTerminal } from "./terminal/register.ts";

/**
 * Registers what can be asked. The implementation is half a megabyte, so it is a separate bundle that loads on first
 * use.
 */
export function activate(context: vscode.ExtensionContext): void {
  let loaded: Surfaces | undefined;
  const surfaces = (): Surfaces =>
    (loaded ??= (createRequire(import.meta.url)("./surfaces.cjs") as typeof import("./surfaces.ts")).createSurfaces(
      context,
    ));
  const run =
    (name: CommandName) =>
    (...given: unknown[]): unknown =>
      surfaces().commands[name](...(given as never[]));
  const restore =
    (name: PanelName) =>
    (panel: vscode.WebviewPanel, state: unknown): Promise<void> =>
      surfaces().panels[name](panel, state as never);
  const editor = (name: CustomEditorName): vscode.CustomReadonlyEditorProvider => ({
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, panel) => surfaces().edit(name, uri, panel),
  });
  registerTerminal(context);
  context.subscriptions.push(
    ...(Object.keys(COMMANDS) as CommandName[]).map((name) =>
      vscode.commands.registerCommand(commandId(name), run(name)),
    ),
    ...(Object.keys(PANELS) as PanelName[]).map((name) =>
      vscode.window.registerWebviewPanelSerializer(PANELS[name], { deserializeWebviewPanel: restore(name) }),
    ),
    ...(Object.keys(CUSTOM_EDITORS) as CustomEditorName[]).map((name) =>
      vscode.window.registerCustomEditorProvider(CUSTOM_EDITORS[name].viewType, editor(name)),
    ),
    ...watchDocuments(() => surfaces().server.start()),
  );
}
