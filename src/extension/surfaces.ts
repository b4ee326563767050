import type * as vscode from "vscode";
import { createEngine } from "./engine/engine-host.ts";
import { explainSurface } from "./explain/explain-command.ts";
import { languageSurface } from "./language-server/language-command.ts";
import { LanguageServer } from "./language-server/language-server.ts";
import type { CommandName } from "./manifest/commands.ts";
import type { PanelName } from "./manifest/panels.ts";
import { probeSurface } from "./probe/probe-command.ts";
import type { Command, Restore } from "./surface.ts";
import { textSurface } from "./text/text-command.ts";
import { unitSurface } from "./unit/unit-command.ts";
import { walkthroughSurface } from "./walkthrough/walkthrough-command.ts";

export interface Surfaces {
  readonly commands: Readonly<Record<CommandName, Command>>;
  readonly panels: Readonly<Record<PanelName, Restore>>;
  readonly server: LanguageServer;
}

/** Everything that can be asked, around one engine and one language server. */
export function createSurfaces(context: vscode.ExtensionContext): Surfaces {
  const services = { context, ...createEngine(context) };
  const server = new LanguageServer(context, services.engine);
  context.subscriptions.push(server);
  const [explain, probe, text, unit, walkthrough] = [
    explainSurface(services),
    probeSurface(services),
    textSurface(services),
    unitSurface(services),
    walkthroughSurface(services),
  ];
  return {
    commands: {
      ...explain.commands,
      ...probe.commands,
      ...text.commands,
      ...unit.commands,
      ...walkthrough.commands,
      ...languageSurface(services, server).commands,
    },
    panels: { ...explain.panels, ...probe.panels, ...text.panels, ...unit.panels, ...walkthrough.panels },
    server,
  };
}
