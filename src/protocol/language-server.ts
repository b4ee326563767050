/** What language server and extension host ask each other, besides the language server protocol itself. */
import { NotificationType, RequestType } from "vscode-jsonrpc";
import type { Failure } from "./engine.ts";
import type { ClaimOutcome } from "./experiment.ts";

/** The server has no engine of its own: it asks the window's, through the extension host, so only one ever runs. */
export const askEngine = new RequestType<{ readonly method: string; readonly params: unknown }, unknown, Failure>(
  "glassbox/engine",
);

/** Model files of the workspace, for code that names layers but no file. */
export const listModels = new RequestType<null, readonly string[], Failure>("glassbox/models");

/** What the last run of a document found, so that hovers and hints can say it. */
export const experimentRan = new NotificationType<{ readonly uri: string; readonly claims: readonly ClaimOutcome[] }>(
  "glassbox/experimentRan",
);

export const experimentLanguage = "glassbox-experiment";
