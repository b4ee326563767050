import type * as vscode from "vscode";
import { createEngine } from "./engine/engine-host.ts";
import { registerExplain } from "./explain/explain-command.ts";
import type { ExplainServices } from "./explain/explain-panel.ts";
import { registerLanguage } from "./language/register.ts";
import { registerUnit } from "./unit/unit-command.ts";
import { registerProbe } from "./probe/probe-command.ts";
import { registerTerminal } from "./terminal/register.ts";
import { registerText } from "./text/text-command.ts";
import { registerWalkthrough } from "./walkthrough/walkthrough-command.ts";

/** Registers what can be asked. Nothing is started before something is asked. */
export function activate(context: vscode.ExtensionContext): void {
  registerTerminal(context);
  let services: ExplainServices | undefined;
  const once = (): ExplainServices => (services ??= { context, ...createEngine(context) });
  context.subscriptions.push(...registerExplain(once), ...registerProbe(once), ...registerText(once), ...registerUnit(once), ...registerWalkthrough(once), ...registerLanguage(context, once));
}
