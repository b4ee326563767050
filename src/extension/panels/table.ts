import type { PanelName } from "../../protocol/panel.ts";
import { askRow } from "../ask/ask-row.ts";
import { explainRow } from "../explain/explain-row.ts";
import { inspectRow } from "../inspect/inspect-row.ts";
import { probeRow } from "../probe/probe-row.ts";
import { textRow } from "../text/text-row.ts";
import { unitRow } from "../unit/unit-row.ts";
import type { PanelRow } from "./row.ts";

/** Every panel of a model. An experiment opens the first that can show what it asks. */
export const panelRows: readonly PanelRow[] = [inspectRow, explainRow, probeRow, unitRow, textRow, askRow];

export const panelRow = (name: PanelName): PanelRow => panelRows.find((row) => row.name === name)!;
