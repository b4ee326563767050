import type { MessageConnection } from "vscode-jsonrpc/browser";
import {
  exportAs,
  exportItems,
  exportLabels,
  type Drawings,
  type Exportable,
  type ExportItem,
} from "./export-answer.ts";
import { sentenceOf } from "./failure-of.ts";
import { Menu } from "./Menu.tsx";

interface Props {
  readonly connection: MessageConnection;
  /** Unset while there is no answer. */
  readonly answer: Exportable | undefined;
  /** What is exported, where several answers are shown. */
  readonly title?: string | undefined;
  /** Files that the panel draws itself. */
  readonly drawings?: Drawings;
  /** Words for items that mean something more exact here. */
  readonly labels?: Readonly<Record<ExportItem, string>>;
  /** What was done, or why it was not. */
  readonly say: (sentence: string) => void;
}

/** Everything that an answer can be given away as: files, its question as an experiment, and the code that asks it again. */
export function ExportMenu({ connection, answer, title, drawings = {}, labels = {}, say }: Props) {
  return (
    <Menu label="Export" disabled={answer === undefined}>
      {title && <p class="quiet">{title}</p>}
      {answer &&
        exportItems(answer, drawings).map((item) => (
          <button
            key={item}
            class="item"
            data-closes
            onClick={() =>
              void exportAs(connection, item, answer, drawings).then(say, (error) => say(sentenceOf(error)))
            }
          >
            {labels[item] ?? exportLabels[item] ?? item}
          </button>
        ))}
    </Menu>
  );
}
