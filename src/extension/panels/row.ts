import type { CancellationToken } from "vscode-jsonrpc/node";
import type { EngineClient } from "../../client/engine-client.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { TaskCard } from "../../protocol/experiment.ts";
import type { PanelName } from "../../protocol/panel.ts";
import type { Subject } from "../../protocol/question.ts";
import type { ModelUse } from "../manifest/modelFiles.ts";
import type { ContextKey } from "../manifest/walkthroughs.ts";

/** What a panel shows, in its own words: its state, as far as it is known. */
export type Intent = Readonly<Record<string, unknown>>;

/** What an experiment asks of its first input, as far as one panel can show it. */
export interface Planned {
  readonly subject: Subject;
  /** At least one. */
  readonly tasks: readonly [TaskCard, ...TaskCard[]];
  /** The analysis of a task. */
  readonly cardOf: (task: TaskCard) => AnalysisCard;
}

/** What a panel of a model is, whole, besides its page in `webview/<name>`. */
export interface PanelRow {
  readonly name: PanelName;
  /** The use whose model files it is for. */
  readonly models: ModelUse;
  /** Whether it opens next to what is open, and leaves the focus there. */
  readonly beside?: boolean;
  /** The tab's first title, until the page sets a more specific one. */
  readonly title: (modelName: string) => string;
  /** The step of VS Code's own walkthrough that is done when a person has opened it. */
  readonly step?: ContextKey;
  /** What a new panel takes from the last one of the same model. */
  readonly carries: readonly string[];
  /** Other files that were selected with the model. */
  readonly selected?: (paths: readonly string[]) => Intent;
  /** Whether it can show an analysis. */
  readonly shows: (card: AnalysisCard) => boolean;
  /** What shows an experiment's questions; nothing where the panel cannot ask them. */
  readonly initial: (planned: Planned) => Intent | undefined;
  /** Has the engine begin while the page still loads; what is asked here the page asks first. */
  readonly begin?: (engine: EngineClient, model: string, intent: Intent, token: CancellationToken) => Promise<unknown>;
}
