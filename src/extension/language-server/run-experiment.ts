import * as vscode from "vscode";
import { EngineFailure } from "../../client/engine-client.ts";
import type { ExperimentEvent, ExperimentOutcome, Range, TaskOutcome } from "../../protocol/experiment.ts";
import { experimentRan } from "../../protocol/language-server.ts";
import type { ShownData } from "../../protocol/answer-data.ts";
import { ExperimentPanels } from "../panels/experiment-panels.ts";
import type { PanelHost } from "../panels/host.ts";
import type { PanelServices } from "../panels/window.ts";
import { claimWords, InlineResults, taskWords } from "./inline-results.ts";
import type { LanguageServer } from "./language-server.ts";

let runs = 0;

/**
 * Runs the experiment in the editor, unsaved changes included. Results are shown at the ends of lines, and the panel
 * with the same question opens next to it.
 */
export function experimentRunner(
  services: PanelServices,
  server: LanguageServer,
  host: PanelHost,
): (given: string | vscode.Uri | undefined, check: boolean) => Promise<ExperimentOutcome | undefined> {
  const inline = new InlineResults();
  services.context.subscriptions.push(inline);
  const panels = new ExperimentPanels(host);
  const running = new Map<string, vscode.CancellationTokenSource>();
  return async (given, check) => {
    const uri =
      typeof given === "string" ? vscode.Uri.parse(given) : (given ?? vscode.window.activeTextEditor?.document.uri);
    if (uri === undefined) return undefined;
    const key = uri.toString();
    // A second run cancels the first and starts again.
    running.get(key)?.cancel();
    const cancellation = new vscode.CancellationTokenSource();
    running.set(key, cancellation);
    const document = await vscode.workspace.openTextDocument(uri);
    inline.clear(uri);
    try {
      const outcome = await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Window,
          title: check ? "Checking the experiment" : "Running the experiment",
        },
        (progress) =>
          services.engine.experiment(
            { job: `editor-${runs++}`, file: uri.fsPath, text: document.getText(), detail: "display" },
            onExperimentEvent(uri, inline, progress, check ? undefined : panels),
            cancellation.token,
          ),
      );
      conclude(uri, outcome, inline, check);
      await server.notify(experimentRan.method, { uri: key, claims: outcome.claims });
      return outcome;
    } catch (error) {
      if (cancellation.token.isCancellationRequested) return undefined;
      void vscode.window.showErrorMessage(error instanceof EngineFailure ? error.message : String(error));
      return undefined;
    } finally {
      if (running.get(key) === cancellation) running.delete(key);
      cancellation.dispose();
    }
  };
}

/** Shows one line per analysis: how many inputs are done, and the last result. */
function onExperimentEvent(
  uri: vscode.Uri,
  inline: InlineResults,
  progress: vscode.Progress<{ readonly message: string }>,
  panels: ExperimentPanels | undefined,
): (event: ExperimentEvent) => void {
  let ranges: Readonly<Record<string, Range>> = {};
  const totals = new Map<string, number>();
  const found = new Map<string, { done: number; readonly lines: string[] }>();
  return (event) => {
    if (event.kind === "planned") {
      ranges = event.ranges;
      panels?.show(uri.toString(), event);
      for (const { analysis } of event.tasks) totals.set(analysis, (totals.get(analysis) ?? 0) + 1);
    }
    if (event.kind === "progress") progress.report({ message: `${event.task.stem}: ${event.progress.note}` });
    if (event.kind !== "done") return;
    const outcome = event.outcome as TaskOutcome<ShownData>;
    const { analysis, input } = outcome.task;
    const range = ranges[analysis];
    if (range === undefined) return;
    const soFar = found.get(analysis) ?? { done: 0, lines: [] };
    soFar.done++;
    const words = taskWords(outcome);
    soFar.lines.push(`${input}: ${words}`);
    found.set(analysis, soFar);
    const total = totals.get(analysis) ?? 1;
    inline.show(
      uri,
      range,
      stateOf(outcome),
      `${total > 1 ? `${soFar.done}/${total} ` : ""}${words}`,
      soFar.lines.join("\n"),
    );
  };
}

/** Results with failed checks or warnings are not shown as good. */
const stateOf = ({ failure, result }: TaskOutcome<ShownData>): "fails" | "unknown" | "done" =>
  failure
    ? "fails"
    : result?.certificate.some(({ status }) => status === "fail" || status === "warn")
      ? "unknown"
      : "done";

function conclude(
  uri: vscode.Uri,
  { problems, claims, tasks, cancelled }: ExperimentOutcome,
  inline: InlineResults,
  check: boolean,
): void {
  if (tasks === 0 && problems.length) {
    const [first] = problems;
    void vscode.window.showErrorMessage(`Line ${first!.range.start.line + 1}: ${first!.message}`);
    return;
  }
  for (const claim of claims) inline.show(uri, claim.range, claim.status, claimWords(claim), claim.sentence);
  const unmet = claims.filter(({ status }) => status !== "holds");
  if (check && !cancelled && unmet.length)
    void vscode.window.showWarningMessage(
      `${unmet.length} of ${claims.length} claims do not hold. ${unmet[0]!.sentence}`,
    );
}
