import path from "node:path";
import * as vscode from "vscode";
import { EngineFailure, type EngineClient } from "../../client/engine-client.ts";
import {
  blockEvent,
  initializeWalkthrough,
  keepProgress,
  noProgress,
  openAnother,
  openExcerpt,
  pickModel,
  runBlock as runBlockRequest,
  type RunBlockParams,
  type Walkthrough,
  type WalkthroughInit,
  type WalkthroughProgress,
} from "../../protocol/walkthrough.ts";
import { exists } from "../../files/look.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { BlockFailure, runBlock } from "../../walkthrough/run-block.ts";
import { commandId } from "../manifest/commands.ts";
import { CONTEXT_KEYS } from "../manifest/walkthroughs.ts";
import { stepDone } from "../step-done.ts";
import { chooseModel } from "../panels/model-choice.ts";
import { answer } from "../panels/answer.ts";
import { renderPage } from "../panels/page.ts";
import { connectWebview } from "../panels/webview-connection.ts";
import { LAST_WALKTHROUGH } from "./last-walkthrough.ts";
import { folderOf, shippedWalkthroughs } from "./library.ts";

export interface WalkthroughServices {
  readonly context: vscode.ExtensionContext;
  readonly engine: EngineClient;
}

/** Predictions belong to the reader, not to a folder. */
const progressKey = (id: string): string => `walkthrough:${id}`;

/** Serves one player. Steps and progress come from here; runs go through the engine. */
export function serveWalkthroughPanel(
  panel: vscode.WebviewPanel,
  walkthrough: Walkthrough,
  { context, engine }: WalkthroughServices,
): void {
  const { webview } = panel;
  const { extensionPath } = context;
  webview.options = { enableScripts: true, localResourceRoots: [context.extensionUri] };
  panel.title = walkthrough.title;
  void context.workspaceState.update(LAST_WALKTHROUGH, walkthrough.id);

  const connection = connectWebview(panel);
  const kept = (): WalkthroughProgress =>
    context.globalState.get<WalkthroughProgress>(progressKey(walkthrough.id)) ?? noProgress;
  const tellSteps = ({ predictions, visited }: WalkthroughProgress): void => {
    if (Object.keys(predictions).length > 0) void stepDone(CONTEXT_KEYS.predicted);
    if (visited.length === walkthrough.steps.length) void stepDone(CONTEXT_KEYS.finished);
  };
  tellSteps(kept());
  answer(connection, initializeWalkthrough.method, (): WalkthroughInit => ({
    walkthrough,
    progress: kept(),
    others: shippedWalkthroughs(extensionPath).map(({ id, title, minutes }) => ({ id, title, minutes })),
  }));
  connection.onNotification(keepProgress, (progress) => {
    void context.globalState.update(progressKey(walkthrough.id), progress);
    tellSteps(progress);
  });
  answer(connection, runBlockRequest.method, async ({ job, block: id, changes, model }: RunBlockParams, token) => {
    const block = walkthrough.steps
      .flatMap(({ parts }) => parts)
      .flatMap((part) => (part.kind === "block" && part.block.id === id ? [part.block] : []))[0];
    if (block === undefined)
      throw new EngineFailure({
        kind: "option",
        what: `this walkthrough has no block ${id}`,
        where: undefined,
        hint: undefined,
      });
    const listen = (what: string, progress: { done: number; total: number; note: string }): void =>
      void connection.sendNotification(blockEvent, { job, what, progress });
    return inParts(() =>
      runBlock(block, engine, { job, folder: folderOf(extensionPath, walkthrough.id), changes, model, listen, token }),
    );
  });
  answer(connection, openExcerpt.method, async ({ file, line }: { file: string; line: number }) => {
    const source = path.join(extensionPath, file);
    // An installed Glassbox ships no sources; then the excerpt in the step is all there is.
    if (!exists(source)) return false;
    const at = new vscode.Range(line - 1, 0, line - 1, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(source), {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
      selection: at,
    });
    return true;
  });
  answer(connection, pickModel.method, async () => (await chooseModel("explain", "explain"))?.model.fsPath ?? null);
  connection.onNotification(
    openAnother,
    ({ id }) => void vscode.commands.executeCommand(commandId("openWalkthrough"), id),
  );

  connection.listen();
  webview.html = renderPage(webview, context.extensionUri, "walkthrough", `Glassbox: ${walkthrough.title}`);
}

/** What is wrong in a walkthrough's own files, or in one task, is a failure like the engine's. */
async function inParts<R>(attempt: () => Promise<R>): Promise<R> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof GlassboxError)
      throw new EngineFailure({ kind: error.kind, what: error.what, where: error.where, hint: error.hint });
    if (error instanceof BlockFailure) throw new EngineFailure(error.failure);
    throw error;
  }
}
