/** What the text workbench asks of its host, besides the engine's own requests, which the host passes on. */
import { NotificationType, RequestType0 } from "vscode-jsonrpc";
import type { Failure } from "./engine.ts";

export interface TextGreeting {
  readonly model: string;
  readonly modelName: string;
  /** What to show first, in the panel's own words, where an experiment asks for it. */
  readonly intent: unknown;
  /** The prompt last used with this model. */
  readonly prompt: string | undefined;
}

export const greetText = new RequestType0<TextGreeting, Failure>("panel/greetText");
/** Remembers the prompt as the last used with this model. */
export const promptShown = new NotificationType<{ readonly prompt: string }>("panel/promptShown");
