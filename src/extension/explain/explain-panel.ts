import path from "node:path";
import * as vscode from "vscode";
import { EngineFailure, type EngineClient } from "../../client/engine-client.ts";
import {
  exportBytes,
  openModel,
  showEvent,
  showMethod,
  type ExportParams,
  type RunParams,
} from "../../protocol/engine.ts";
import {
  exportResult,
  greet,
  keepIntent,
  keepPicture,
  listPictures,
  namedPicture,
  openUnit,
  pickPicture,
  pictureShown,
  showLog,
} from "../../protocol/explain-panel.ts";
import { commandId } from "../manifest/commands.ts";
import type { AskedUnit } from "../unit/unit-command.ts";
import { answer, failing } from "../webview/answer.ts";
import { answerExports, saveBeside } from "../webview/exports.ts";
import { renderPage } from "../webview/page.ts";
import { connectWebview } from "../webview/webview-connection.ts";
import { findPictures, PICTURE_ENDINGS, pictureChoice } from "./pictures.ts";

export interface ExplainServices {
  readonly context: vscode.ExtensionContext;
  readonly engine: EngineClient;
  readonly log: vscode.LogOutputChannel;
}

/** The model of the panel opened last: VS Code loses a panel's own state if the window is reloaded within seconds. */
export const LAST_MODEL = "lastModel";

/** What is kept with a window so that a panel can come back: which model, which picture. */
interface Subject {
  readonly model: vscode.Uri;
  readonly picture: string | undefined;
  /** Whether it was open before the window was reloaded, and comes back as it was. */
  readonly restored?: boolean;
  /** What to show first, where an experiment asks for it. */
  readonly intent?: unknown;
}

const lastPictureKey = (model: vscode.Uri): string => `lastPicture:${model.fsPath}`;

const intentKey = (model: vscode.Uri): string => `explainIntent:${model.fsPath}`;

const folderOf = (file: vscode.Uri): vscode.Uri => vscode.Uri.file(path.dirname(file.fsPath));

/** Answers one panel: its own requests here, every other one by the engine. */
export function serveExplainPanel(
  panel: vscode.WebviewPanel,
  { model, picture, restored = false, intent }: Subject,
  services: ExplainServices,
): void {
  const { context, engine, log } = services;
  const { webview } = panel;
  const lastPicture = (): string | undefined => context.workspaceState.get<string>(lastPictureKey(model));
  const firstPicture = picture ?? lastPicture();
  // Once and for all: a webview whose options change is loaded anew.
  webview.options = {
    enableScripts: true,
    localResourceRoots: [
      context.extensionUri,
      context.globalStorageUri,
      folderOf(model),
      ...(firstPicture === undefined ? [] : [folderOf(vscode.Uri.file(firstPicture))]),
      ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri),
    ],
  };
  panel.title = path.basename(model.fsPath);
  void context.workspaceState.update(LAST_MODEL, model.fsPath);

  const connection = connectWebview(panel);

  const closed = new vscode.CancellationTokenSource();
  panel.onDidDispose(() => closed.cancel());
  warmUp(engine, model.fsPath, firstPicture, closed.token);
  answer(connection, greet.method, async () => ({
    model: model.fsPath,
    modelName: path.basename(model.fsPath),
    picture: firstPicture,
    methods: await engine.methods(),
    intent: restored ? context.workspaceState.get(intentKey(model)) : intent,
  }));
  connection.onNotification(keepIntent, ({ intent }) => void context.workspaceState.update(intentKey(model), intent));
  answer(connection, listPictures.method, () => findPictures(webview, context.extensionUri, model, lastPicture()));
  answer(connection, pickPicture.method, async () => {
    const [file] =
      (await vscode.window.showOpenDialog({
        title: "Choose a picture",
        filters: { "Pictures and tensors": [...PICTURE_ENDINGS] },
      })) ?? [];
    return file ? pictureChoice(webview, file, "chosen") : null;
  });
  answer(connection, keepPicture.method, async ({ name, bytes }: { name: string; bytes: Uint8Array }) => {
    const folder = vscode.Uri.joinPath(context.globalStorageUri, "dropped");
    const target = vscode.Uri.joinPath(folder, path.basename(name));
    await vscode.workspace.fs.createDirectory(folder);
    await vscode.workspace.fs.writeFile(target, bytes);
    return pictureChoice(webview, target, "dropped here");
  });
  answer(connection, namedPicture.method, async ({ uri }: { uri: string }) =>
    pictureChoice(webview, pictureNamed(uri), "dropped here"),
  );
  answer(
    connection,
    exportResult.method,
    async ({ suggestedName, ...wanted }: ExportParams & { suggestedName: string }) =>
      saveBeside(model, { suggestedName, bytes: await engine.request(exportBytes, wanted) }),
  );
  answerExports(connection, engine, model);
  connection.onNotification(
    openUnit,
    ({ site, channel, view }) =>
      void vscode.commands.executeCommand(commandId("visualizeUnit"), {
        model: model.fsPath,
        site,
        channel,
        view,
      } satisfies AskedUnit),
  );
  connection.onNotification(showLog, () => log.show());
  connection.onNotification(pictureShown, ({ path: file, label }) => {
    panel.title = `${label} · ${path.basename(model.fsPath)}`;
    void context.workspaceState.update(lastPictureKey(model), file);
  });
  answer(connection, showMethod.method, (params: RunParams, token) =>
    engine.show(params, (event) => void connection.sendNotification(showEvent, event), token),
  );
  connection.onRequest(async (method, params, token) => failing(() => engine.forward(method, params, token)));

  connection.listen();
  webview.html = renderPage(webview, context.extensionUri, "explain", `Glassbox: ${path.basename(model.fsPath)}`);
}

/** A URI of this machine's files; VS Code for the browser calls them vscode-remote. */
function pictureNamed(text: string): vscode.Uri {
  const uri = vscode.Uri.parse(text);
  if (uri.scheme === "file" || uri.scheme === "vscode-remote") return vscode.Uri.file(uri.path);
  throw new EngineFailure({
    kind: "input",
    what: `${text} is no file on this machine`,
    where: undefined,
    hint: "Save it to disk and drop that.",
  });
}

/**
 * Has the engine begin while the webview still loads: what is asked here is what the panel asks first, and the engine
 * answers it then from what it knows. Failures are told when the panel asks.
 */
function warmUp(
  engine: EngineClient,
  model: string,
  picture: string | undefined,
  token: vscode.CancellationToken,
): void {
  const begin = async (): Promise<void> => {
    await engine.request(openModel, { model });
    if (picture === undefined) return;
    for (const method of ["prediction", "grad-cam"])
      await engine.run(
        { model, input: { path: picture }, method, options: method === "prediction" ? { top: 10 } : {} },
        undefined,
        token,
      );
  };
  void begin().catch(() => undefined);
}
