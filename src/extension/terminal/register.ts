import path from "node:path";
import type * as vscode from "vscode";

/** Lets `glassbox …`, as panels copy it, run in this window's terminals. Only they are changed, and terminals opened before say that they are stale. */
export function registerTerminal({
  environmentVariableCollection: environment,
  extensionPath,
}: vscode.ExtensionContext): void {
  environment.description = "Adds the command `glassbox`.";
  environment.prepend("PATH", `${path.join(extensionPath, "dist", "bin")}${path.delimiter}`);
  environment.replace("GLASSBOX_NODE", process.execPath);
}
