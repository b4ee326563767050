/** What the probe panel asks of its host, besides the engine's own requests, which the host passes on. */
import { NotificationType, RequestType0 } from "vscode-jsonrpc";
import type { Failure } from "./engine.ts";

export interface ProbeGreeting {
  readonly model: string;
  readonly modelName: string;
  /** What to show first, in the panel's own words, where an experiment asks for it. */
  readonly intent: unknown;
}

export const greetProbe = new RequestType0<ProbeGreeting, Failure>("probePanel/greet");
/** Opens a dialog for a folder of labelled pictures; `null` if it was closed. */
export const pickDataFolder = new RequestType0<string | null, Failure>("probePanel/pickDataFolder");
/** The same for a table or an archive. */
export const pickDataFile = new RequestType0<string | null, Failure>("probePanel/pickDataFile");
/** Names the tab after what is probed. */
export const probeShown = new NotificationType<{ readonly label: string }>("probePanel/shown");
