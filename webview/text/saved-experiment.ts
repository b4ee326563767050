import { saveAsExperiment } from "../../src/protocol/panel.ts";
import type { LanguageProof } from "../../src/protocol/language-model.ts";
import type { Host } from "./host.ts";

/** Has the question written as an experiment file; says where, or nothing if the dialog was closed. */
export async function savedExperiment(
  { connection }: Host,
  name: string,
  { experiment = "" }: LanguageProof["code"],
): Promise<string> {
  const file = await connection.sendRequest(saveAsExperiment, { experiment, suggestedName: `${name}.glassbox.yaml` });
  return file === null ? "" : `Saved ${file}`;
}
