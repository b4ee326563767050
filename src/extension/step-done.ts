import * as vscode from "vscode";
import type { ContextKey } from "./manifest/walkthroughs.ts";

/**
 * Tells VS Code's own walkthrough that something was done. The key goes back at once: one that is already true when the
 * walkthrough is first looked at counts as seen, and its step could never complete in that window.
 */
export async function stepDone(key: ContextKey): Promise<void> {
  await vscode.commands.executeCommand("setContext", key, true);
  await vscode.commands.executeCommand("setContext", key, undefined);
}
