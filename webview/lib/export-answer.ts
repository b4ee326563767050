import type { MessageConnection } from "vscode-jsonrpc/browser";
import { formatsOf } from "../../src/answers/table.ts";
import type { AnswerData, ShownData } from "../../src/protocol/answer-data.ts";
import { copyText, saveAsExperiment, saveFile } from "../../src/protocol/panel.ts";
import { exportAnswer } from "../../src/protocol/question.ts";
import type { Code } from "../../src/protocol/result.ts";
import type { Asked } from "./asking.ts";

type DataKind = AnswerData["kind"];

/** An answer as it is given away. */
export interface Exportable {
  /** The file's name without its ending. */
  readonly name: string;
  /** Names the exact answer in the engine. */
  readonly job: string;
  readonly kind: DataKind;
  readonly code: Code;
}

/** What an item of the menu does: a format is the ending of a file, the rest are ways to ask the same again. */
export type ExportItem = string;
const reproductions = ["experiment", "command", "python"] as const;
type Reproduction = (typeof reproductions)[number];

/** Files that a panel draws itself, by ending, e.g. the picture as it is seen. */
export type Drawings = Readonly<Record<string, () => Uint8Array | Promise<Uint8Array>>>;

export const exportLabels: Readonly<Record<string, string>> = {
  png: "Picture (PNG)",
  svg: "Picture (SVG)",
  csv: "Values (CSV)",
  txt: "Text",
  json: "Result with provenance (JSON)",
  npy: "Values (NumPy)",
  experiment: "Save as experiment…",
  command: "Copy as command",
  python: "Copy as Python code",
};
const order = Object.keys(exportLabels);

/** A drawn map's exact answer is a heatmap. */
const exactKind = (kind: DataKind | ShownData["kind"]): DataKind => (kind === "planes" ? "heatmap" : kind);

export const exportableOf = (name: string, { job, result }: Pick<Asked, "job" | "result">): Exportable | undefined =>
  result && { name, job, kind: exactKind(result.data.kind), code: result.code };

/** What there is to choose: the formats of the answer's kind and what the panel draws, then the ways to ask it again. */
export function exportItems({ kind, code }: Exportable, drawings: Drawings): readonly ExportItem[] {
  const formats = [...new Set([...Object.keys(drawings), ...formatsOf(kind)])];
  const again = reproductions.filter((each) => each === "command" || code[each] !== undefined);
  return [...formats.sort((a, b) => order.indexOf(a) - order.indexOf(b)), ...again];
}

/** Does what was chosen; resolves to a sentence about it, empty if the person changed their mind. */
export async function exportAs(
  connection: MessageConnection,
  item: ExportItem,
  { name, job, code }: Exportable,
  drawings: Drawings,
): Promise<string> {
  const saved = (file: string | null): string => (file === null ? "" : `Saved as ${file}.`);
  const stem = name.replace(/[^\w.-]+/g, "-");
  const copied = async (text: string, what: string): Promise<string> => {
    await connection.sendRequest(copyText, { text });
    return `The ${what} is on the clipboard.`;
  };
  switch (item as Reproduction) {
    case "command":
      return copied(code.cli, "command");
    case "python":
      return copied(code.python ?? "", "code");
    case "experiment":
      return saved(
        await connection.sendRequest(saveAsExperiment, {
          experiment: code.experiment ?? "",
          suggestedName: `${stem}.glassbox.yaml`,
        }),
      );
    default: {
      const bytes = await (drawings[item]?.() ?? connection.sendRequest(exportAnswer, { job, format: item }));
      return saved(await connection.sendRequest(saveFile, { suggestedName: `${stem}.${item}`, bytes }));
    }
  }
}
