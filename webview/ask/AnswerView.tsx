import { answerKind, headline } from "../../src/answers/table.ts";
import { gridOf, wholeData } from "../lib/answer-grid.ts";
import type { Asked } from "../lib/asking.ts";
import { Badge, worst } from "../lib/Badge.tsx";
import { GridView } from "../lib/GridView.tsx";
import type { Cell } from "../lib/paint-grid.ts";

interface Props {
  readonly asked: Asked;
  readonly selected: Cell | undefined;
  readonly checksOpen: boolean;
  readonly onSelect: (cell: Cell) => void;
  readonly onChecks: () => void;
}

/** An answer of any kind: its numbers as a picture where they have rows and columns, else its lines; then its sentence. */
export function AnswerView({ asked, selected, checksOpen, onSelect, onChecks }: Props) {
  const grid = gridOf(asked);
  const data = wholeData(asked);
  const check = asked.result && worst(asked.result.certificate);
  const sentence = data && headline(data);
  const caption = grid && data && answerKind(data.kind).caption?.(data);
  return (
    <>
      {caption && <p class="quiet">{caption}</p>}
      {grid ? (
        <GridView grid={grid} selected={selected} onSelect={onSelect} />
      ) : data ? (
        <pre class="lines" tabIndex={0}>
          {answerKind(data.kind).lines(data).join("\n")}
        </pre>
      ) : (
        asked.result && (
          <p class="quiet">This answer has a picture of its own in another panel; its values are under Export.</p>
        )
      )}
      <p class="says">
        {sentence && `${sentence}. `}
        {check && <Badge check={check} chosen={checksOpen} onOpen={onChecks} />}
      </p>
    </>
  );
}
