import type * as vscode from "vscode";
import type { PanelName as ModelPanel } from "../protocol/panel.ts";
import { createEngine } from "./engine/engine-host.ts";
import { languageSurface } from "./language-server/language-command.ts";
import { LanguageServer } from "./language-server/language-server.ts";
import type { CommandName } from "./manifest/commands.ts";
import type { PanelCommand, PanelName } from "./manifest/panels.ts";
import { PanelHost } from "./panels/host.ts";
import { renderElsewhere } from "./panels/page.ts";
import { panelSurface } from "./panels/panel-surface.ts";
import { panelRows } from "./panels/table.ts";
import { panelWindow } from "./panels/window.ts";
import type { Command, Restore } from "./surface.ts";
import { walkthroughSurface } from "./walkthrough/walkthrough-command.ts";

export interface Surfaces {
  readonly commands: Readonly<Record<CommandName, Command>>;
  readonly panels: Readonly<Record<PanelName, Restore>>;
  /** Fills the editor of a model file with a panel. */
  readonly edit: (name: ModelPanel, file: vscode.Uri, panel: vscode.WebviewPanel) => void;
  readonly server: LanguageServer;
}

/** Everything that can be asked, around one engine and one language server. */
export function createSurfaces(context: vscode.ExtensionContext): Surfaces {
  const services = { context, ...createEngine(context) };
  const server = new LanguageServer(context, services.engine);
  context.subscriptions.push(server);
  const host = new PanelHost(panelWindow(services), services.engine, context.workspaceState);
  const panels = panelRows.map((row) => panelSurface(host, row));
  const walkthrough = walkthroughSurface(services);
  return {
    commands: {
      ...(Object.fromEntries(panels.map(({ command }) => command)) as Record<PanelCommand, Command>),
      ...walkthrough.commands,
      ...languageSurface(services, server, host).commands,
      restartEngine: () => services.engine.stop("The engine was restarted"),
    },
    panels: {
      ...(Object.fromEntries(panels.map(({ panel }) => panel)) as Record<ModelPanel, Restore>),
      ...walkthrough.panels,
    },
    edit: (name, { scheme, fsPath }, panel) => {
      if (scheme === "file") host.edit(name, fsPath, panel);
      else panel.webview.html = renderElsewhere(panel.webview, context.extensionUri, name, fsPath);
    },
    server,
  };
}
