/** What the unit panel asks of its host, besides the engine's own requests, which the host passes on. */
import { NotificationType, RequestType0 } from "vscode-jsonrpc";
import type { Failure } from "./engine.ts";

export interface UnitGreeting {
  readonly model: string;
  readonly modelName: string;
  /** What to show first, in the panel's own words, where an experiment asks for it. */
  readonly intent: unknown;
  /** The unit that the panel was opened for, or the last one looked at in this model. */
  readonly site: string | undefined;
  readonly channel: number | undefined;
  /** What it was opened for; as it was last if unset. */
  readonly view: "unit" | "layer" | undefined;
}

export const greetUnit = new RequestType0<UnitGreeting, Failure>("panel/greetUnit");
/** Remembers the unit as the last one looked at, and names the tab after it. */
export const unitShown = new NotificationType<{ readonly site: string; readonly channel: number }>("panel/unitShown");
/** A folder of real pictures; `null` if the dialog was closed. */
export const pickFolder = new RequestType0<string | null, Failure>("panel/pickFolder");
