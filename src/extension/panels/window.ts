import path from "node:path";
import * as vscode from "vscode";
import type { MessageConnection } from "vscode-jsonrpc/node";
import { EngineFailure, type EngineClient } from "../../client/engine-client.ts";
import { keepPicture, listPictures, namedPicture, pick, showLog, type Pickable } from "../../protocol/panel.ts";
import { PANEL_COMMANDS, PANELS } from "../manifest/panels.ts";
import { answer } from "./answer.ts";
import { keepDropped } from "./dropped-picture.ts";
import { answerExports } from "./exports.ts";
import type { PanelWindow, Subject } from "./host.ts";
import { chooseModel } from "./model-choice.ts";
import { commandId } from "../manifest/commands.ts";
import { renderPage, renderRestricted } from "./page.ts";
import { PICTURE_ENDINGS } from "./picture-files.ts";
import { findPictures } from "./pictures.ts";

export interface PanelServices {
  readonly context: vscode.ExtensionContext;
  readonly engine: EngineClient;
  readonly log: vscode.LogOutputChannel;
}

const pictureOf = ({ intent }: Subject): string | undefined => {
  const { picture } = intent();
  return typeof picture === "string" ? picture : undefined;
};

const folderOf = (file: string): vscode.Uri => vscode.Uri.file(path.dirname(file));

/** The window of VS Code, as panels use it. */
export const panelWindow = ({ context, engine, log }: PanelServices): PanelWindow => ({
  create: ({ name, beside }) =>
    vscode.window.createWebviewPanel(
      PANELS[name],
      "Glassbox",
      beside ? { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true } : vscode.ViewColumn.Active,
      { enableScripts: true },
    ),
  allow: ({ webview }, subject) => {
    const picture = pictureOf(subject);
    webview.options = {
      enableScripts: true,
      localResourceRoots: [
        context.extensionUri,
        context.globalStorageUri,
        folderOf(subject.model),
        ...(picture === undefined ? [] : [folderOf(picture)]),
        ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri),
      ],
    };
  },
  answer: (connection, panel, subject) => {
    answerExports(connection, engine, vscode.Uri.file(subject.model));
    answerPictures(connection, context, panel, subject);
    answer(connection, pick.method, ({ what }: { what: Pickable }) => picked(what));
    connection.onNotification(showLog, () => log.show());
  },
  render: ({ webview }, { name }, title) => (webview.html = renderPage(webview, context.extensionUri, name, title)),
  isTrusted: () => vscode.workspace.isTrusted,
  onTrusted: (listener) => vscode.workspace.onDidGrantWorkspaceTrust(listener),
  restrict: ({ webview }, { name }, model) => {
    const open = commandId(PANEL_COMMANDS[name]);
    webview.options = {
      enableScripts: false,
      enableCommandUris: [open, "workbench.trust.manage"],
      localResourceRoots: [context.extensionUri],
    };
    webview.html = renderRestricted(webview, context.extensionUri, name, model, open);
  },
});

const dialogs: Readonly<Record<Exclude<Pickable, "model">, vscode.OpenDialogOptions>> = {
  picture: { title: "Choose a picture", filters: { "Pictures and tensors": [...PICTURE_ENDINGS] } },
  "pictures-folder": { title: "Choose a folder of pictures", canSelectFolders: true, canSelectFiles: false },
  "data-folder": {
    title: "Choose a folder with a subfolder of pictures for each class",
    canSelectFolders: true,
    canSelectFiles: false,
  },
  "data-file": { title: "Choose labelled data", filters: { "Tables and arrays": ["csv", "tsv", "npz"] } },
};

async function picked(what: Pickable): Promise<string | null> {
  if (what === "model") return (await chooseModel("explain", "explain"))?.model.fsPath ?? null;
  return (await vscode.window.showOpenDialog(dialogs[what]))?.[0]?.fsPath ?? null;
}

function answerPictures(
  connection: MessageConnection,
  { extensionUri, globalStorageUri }: vscode.ExtensionContext,
  { webview }: vscode.WebviewPanel,
  subject: Subject,
): void {
  answer(connection, listPictures.method, () =>
    findPictures(webview, extensionUri, vscode.Uri.file(subject.model), pictureOf(subject)),
  );
  answer(connection, keepPicture.method, ({ name, bytes }: { name: string; bytes: Uint8Array }) =>
    keepDropped(vscode.Uri.joinPath(globalStorageUri, "dropped").fsPath, name, bytes),
  );
  answer(connection, namedPicture.method, ({ uri }: { uri: string }) => pathNamed(uri));
}

/** A URI of this machine's files; VS Code for the browser calls them vscode-remote. */
function pathNamed(text: string): string {
  const uri = vscode.Uri.parse(text);
  if (uri.scheme === "file" || uri.scheme === "vscode-remote") return vscode.Uri.file(uri.path).fsPath;
  throw new EngineFailure({
    kind: "input",
    what: `${text} is no file on this machine`,
    where: undefined,
    hint: "Save it to disk and drop that.",
  });
}
