import path from "node:path";
import * as vscode from "vscode";
import type { PictureChoice } from "../../protocol/panel.ts";
import { PICTURE_ENDINGS } from "./picture-files.ts";

const maxListed = 24;
const samplePhotographs = ["chelsea.png", "coffee.png", "rocket.jpg"] as const;

/** Pictures to choose from: the last used, those of the workspace (the model's own folder first), the samples. */
export async function findPictures(
  webview: vscode.Webview,
  extension: vscode.Uri,
  model: vscode.Uri,
  last: string | undefined,
): Promise<PictureChoice[]> {
  const folder = path.dirname(model.fsPath);
  const found = await vscode.workspace.findFiles(
    `**/*.{${PICTURE_ENDINGS.join(",")}}`,
    "**/{node_modules,.git}/**",
    200,
  );
  const near = (uri: vscode.Uri): number => (path.dirname(uri.fsPath) === folder ? 0 : 1);
  const inWorkspace = found
    .filter((uri) => !/\.mask\.png$/.test(uri.fsPath))
    .sort((a, b) => near(a) - near(b) || a.fsPath.localeCompare(b.fsPath))
    .slice(0, maxListed)
    .map((uri) => pictureChoice(webview, uri, vscode.workspace.asRelativePath(path.dirname(uri.fsPath))));
  // A workspace made of the samples shows its own copies.
  const labels = new Set(inWorkspace.map(({ label }) => label));
  const samples = samplePhotographs
    .filter((name) => !labels.has(name))
    .map((name) =>
      pictureChoice(webview, vscode.Uri.joinPath(extension, "samples", "vision", name), "sample photograph"),
    );
  const recent = last === undefined ? [] : [pictureChoice(webview, vscode.Uri.file(last), "last used")];
  const seen = new Set<string>();
  return [...recent, ...inWorkspace, ...samples].filter(({ path: file }) => !seen.has(file) && seen.add(file));
}

const pictureChoice = (webview: vscode.Webview, uri: vscode.Uri, detail: string): PictureChoice => ({
  path: uri.fsPath,
  label: path.basename(uri.fsPath),
  detail,
  thumbnail: webview.asWebviewUri(uri).toString(),
});
