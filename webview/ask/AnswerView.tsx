import { answerKind, headline } from "../../src/answers/table.ts";
import { gridOf, wholeData } from "../lib/answer-grid.ts";
import type { Asked } from "../lib/asking.ts";
import { Badge, worst } from "../lib/Badge.tsx";
import type { AnswerData } from "../../src/protocol/answer-data.ts";
import { GridView } from "../lib/GridView.tsx";
import type { Cell } from "../lib/paint-grid.ts";
import { GraphView } from "./GraphView.tsx";
import { MeasureView } from "./MeasureView.tsx";
import { PicturesView } from "./PicturesView.tsx";
import { TableView } from "./TableView.tsx";

interface Props {
  readonly asked: Asked;
  readonly selected: Cell | undefined;
  readonly checksOpen: boolean;
  readonly onSelect: (cell: Cell) => void;
  readonly onChecks: () => void;
}

/** An answer of any kind: the view of a generic kind, else its lines; then its sentence. */
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
        <DataView data={data} />
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

function DataView({ data }: { readonly data: AnswerData }) {
  switch (data.kind) {
    case "measure":
      return <MeasureView data={data} />;
    case "pictures":
      return <PicturesView data={data} />;
    case "graph":
      return <GraphView data={data} />;
    case "table":
      return <TableView data={data} />;
    default:
      return (
        <pre class="lines" tabIndex={0}>
          {answerKind(data.kind)
            .lines(data as never)
            .join("\n")}
        </pre>
      );
  }
}
