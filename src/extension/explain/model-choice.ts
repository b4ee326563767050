import * as vscode from "vscode";
import { MODEL_FILES } from "../manifest/modelFiles.ts";

const endings = MODEL_FILES.explain.map((ending) => ending.slice(1));

const isModel = (uri: vscode.Uri | undefined): uri is vscode.Uri =>
  uri !== undefined && endings.some((ending) => uri.path.toLowerCase().endsWith(`.${ending}`));

/**
 * The model that a command is about: the file it was called on, else the one that is open, else one of the workspace.
 * Also the picture, where a model and a picture were selected together.
 */
export async function chooseModel(
  clicked: vscode.Uri | undefined,
  selected: readonly vscode.Uri[] = [],
  title = "Glassbox: Explain a Prediction",
): Promise<{ readonly model: vscode.Uri; readonly picture: vscode.Uri | undefined } | undefined> {
  const picture = selected.find((uri) => /\.(png|jpe?g|webp|npy)$/i.test(uri.path));
  const model = [clicked, ...selected, openFile()].find(isModel) ?? (await pickModel(title));
  return model && { model, picture };
}

function openFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
}

async function pickModel(title: string): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(`**/*.{${endings.join(",")}}`, "**/{node_modules,.git}/**", 200);
  const browse = { label: "$(folder-opened) Choose a file…", uri: undefined };
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const chosen = await vscode.window.showQuickPick([...items, browse], { title, placeHolder: "Which model?" });
  if (chosen !== browse) return chosen?.uri;
  const [file] = (await vscode.window.showOpenDialog({ title: "Choose a model", filters: { Models: endings } })) ?? [];
  return file;
}
