/** Requests between the language server and the extension host, in addition to the Language Server Protocol. */
import { NotificationType, RequestType } from "vscode-jsonrpc";
import type { Failure } from "./engine.ts";
import type { ClaimOutcome } from "./experiment.ts";

/** The server uses the window's engine through the extension host, so that only one engine runs. */
export const askEngine = new RequestType<{ readonly method: string; readonly params: unknown }, unknown, Failure>(
  "glassbox/engine",
);

/** The workspace's model files, for code that names layers but no file. */
export const listModels = new RequestType<null, readonly string[], Failure>("glassbox/models");

/** The outcome of a document's last run, for hovers and hints. */
export const experimentRan = new NotificationType<{ readonly uri: string; readonly claims: readonly ClaimOutcome[] }>(
  "glassbox/experimentRan",
);

export const experimentLanguage = "glassbox-experiment";

/** What the server is told when it starts, and again as changed configuration when the person trusts the workspace. */
export interface LanguageServerOptions {
  /** Whether it answers from text and tables alone: the workspace is not trusted, so no file in it is looked at. */
  readonly restricted: boolean;
}
