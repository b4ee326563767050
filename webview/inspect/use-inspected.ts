import type { MessageConnection } from "vscode-jsonrpc/browser";
import { openModel } from "../../src/protocol/engine.ts";
import { outlineModel } from "../../src/protocol/language-model.ts";
import { MODEL_ENDINGS } from "../../src/protocol/model-files.ts";
import { useRequest, type LookUp } from "../lib/use-request.ts";
import type { Inspected } from "./inspected.ts";

const isCheckpoint = (file: string): boolean =>
  MODEL_ENDINGS.text.some((ending) => file.toLowerCase().endsWith(ending));

/** Of a checkpoint only the header is read: its weights may be many gigabytes. */
export function useInspected(connection: MessageConnection, model: string | undefined): LookUp<Inspected> {
  const checkpoint = model !== undefined && isCheckpoint(model);
  const params = model === undefined ? undefined : { model };
  const outline = useRequest(connection, "Reading the header", outlineModel, checkpoint ? params : undefined);
  const opened = useRequest(connection, "Opening the model", openModel, checkpoint ? undefined : params);
  return checkpoint ? outline : opened;
}
