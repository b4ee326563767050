import * as vscode from "vscode";
import { COMMANDS } from "../manifest/commands.ts";
import { isFileFor, MODEL_FILES } from "../manifest/modelFiles.ts";

const endings = MODEL_FILES.openTextWorkbench.map((ending) => ending.slice(1));

/** The checkpoint that the command is about: the file it was called on, else the one that is open, else one of the workspace. */
export async function chooseCheckpoint(clicked: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const near = [clicked, openFile()].find((uri) => uri !== undefined && isFileFor("openTextWorkbench", uri.path));
  return near ?? pickCheckpoint();
}

function openFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
}

async function pickCheckpoint(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(`**/*.{${endings.join(",")}}`, "**/{node_modules,.git}/**", 200);
  const browse = { label: "$(folder-opened) Choose a file…", uri: undefined };
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const { category, title } = COMMANDS.openTextWorkbench;
  const chosen = await vscode.window.showQuickPick([...items, browse], {
    title: `${category}: ${title}`,
    placeHolder: "Which language model?",
  });
  if (chosen !== browse) return chosen?.uri;
  const [file] =
    (await vscode.window.showOpenDialog({
      title: "Choose a language model",
      filters: { "Language models": endings },
    })) ?? [];
  return file;
}
