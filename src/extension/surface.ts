import type * as vscode from "vscode";
import type { CommandName } from "./manifest/commands.ts";
import type { PanelName } from "./manifest/panels.ts";

/** Checks what it is given: arguments come from menus, links and other extensions. */
export type Command = (...given: never[]) => unknown;

/** Restores a panel after a reload, from the state that its page saved. */
export type Restore = (panel: vscode.WebviewPanel, state: never) => Promise<void>;

/** The commands and panels that one part of Glassbox provides in VS Code. */
export interface Surface {
  readonly commands?: Readonly<Partial<Record<CommandName, Command>>>;
  readonly panels?: Readonly<Partial<Record<PanelName, Restore>>>;
}
