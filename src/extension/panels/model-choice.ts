import * as vscode from "vscode";
import { COMMANDS, type CommandName } from "../manifest/commands.ts";
import { isFileFor, MODEL_FILES, type ModelUse } from "../manifest/modelFiles.ts";

interface Chosen {
  readonly model: vscode.Uri;
  /** What was selected with it. */
  readonly others: readonly vscode.Uri[];
}

/** The model that a command is about: the file it was called on, else the one that is open, else one of the workspace. */
export async function chooseModel(
  command: CommandName,
  use: ModelUse,
  clicked?: vscode.Uri,
  selected: readonly vscode.Uri[] = [],
): Promise<Chosen | undefined> {
  const near = [clicked, ...selected, openFile()].find((uri) => uri !== undefined && isFileFor(use, uri.path));
  const model = near ?? (await pickModel(command, use));
  return model && { model, others: selected.filter((uri) => uri.toString() !== model.toString()) };
}

function openFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
}

async function pickModel(command: CommandName, use: ModelUse): Promise<vscode.Uri | undefined> {
  const endings = MODEL_FILES[use].map((ending) => ending.slice(1));
  const what = use === "openTextWorkbench" ? "language model" : "model";
  const found = await vscode.workspace.findFiles(`**/*.{${endings.join(",")}}`, "**/{node_modules,.git}/**", 200);
  const browse = { label: "$(folder-opened) Choose a file…", uri: undefined };
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const { category, title } = COMMANDS[command];
  const chosen = await vscode.window.showQuickPick([...items, browse], {
    title: `${category}: ${title}`,
    placeHolder: `Which ${what}?`,
  });
  if (chosen !== browse) return chosen?.uri;
  const filters = { [`${what[0]!.toUpperCase()}${what.slice(1)}s`]: endings };
  const [file] = (await vscode.window.showOpenDialog({ title: `Choose a ${what}`, filters })) ?? [];
  return file;
}
