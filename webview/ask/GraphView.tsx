import { useMemo, useState } from "preact/hooks";
import type { PartGraph } from "../../src/protocol/generic-answers.ts";
import { entrance, strongest } from "../../src/answers/part-graph.ts";
import { layeredLayout } from "../lib/layered-layout.ts";
import { figure } from "../lib/numbers.ts";

/** With more edges nothing can be told apart; the export has all. */
const most = 300;
const usual = 60;
const radius = 14;
const edgeKey = (edge: PartGraph["edges"][number]): string => `${edge.from}\n${entrance(edge)}`;

/** Parts and the strongest edges between them, layers upward; the same edges as a list that can be chosen from. */
export function GraphView({ data }: { readonly data: PartGraph }) {
  const [wanted, setWanted] = useState(usual);
  const [chosen, setChosen] = useState<string>();
  const ordered = useMemo(() => strongest(data), [data]);
  const edges = ordered.slice(0, wanted);
  const layout = useMemo(() => layeredLayout(data.nodes, ordered.slice(0, most)), [data, ordered]);
  const scale = Math.abs(ordered[0]?.value ?? 0) || 1;
  const { width, height, at } = layout;
  return (
    <>
      <p class="quiet">
        {data.nodes.length} parts, {data.edges.length} edges by {data.quantity}. Orange is positive, blue negative;
        wider is stronger.
      </p>
      <label class="row">
        Edges drawn
        <input
          type="range"
          min={1}
          max={Math.max(1, Math.min(most, ordered.length))}
          value={Math.min(wanted, ordered.length)}
          onInput={(event) => setWanted(event.currentTarget.valueAsNumber)}
        />
        {edges.length}
      </label>
      <div class="scroll" tabIndex={0} role="region" aria-label="Graph">
        <svg
          class="part-graph"
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={`${data.nodes.length} parts and the ${edges.length} strongest edges, listed below.`}
        >
          {edges.toReversed().map((edge) => {
            const [from, to] = [at.get(edge.from), at.get(edge.to)];
            if (from === undefined || to === undefined) return null;
            const key = edgeKey(edge);
            const middle = (from.y + to.y) / 2;
            return (
              <path
                key={key}
                class={edge.value < 0 ? "against" : "for"}
                data-chosen={key === chosen}
                d={`M${from.x} ${from.y - radius}C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y + radius}`}
                stroke-width={0.75 + (4.25 * Math.abs(edge.value)) / scale}
                onClick={() => setChosen(key)}
              >
                <title>{said(edge)}</title>
              </path>
            );
          })}
          {data.nodes.map(({ id, value }) => {
            const { x, y } = at.get(id)!;
            return (
              <g key={id} transform={`translate(${x} ${y})`}>
                <title>{Number.isNaN(value) ? id : `${id}: ${figure(value)}`}</title>
                <rect x={-28} y={-radius + 2} width={56} height={2 * radius - 4} rx={3} />
                <text dy="4">{id.length > 9 ? `${id.slice(0, 8)}…` : id}</text>
              </g>
            );
          })}
        </svg>
      </div>
      <ol class="edges" aria-label="Edges, strongest first">
        {edges.map((edge) => {
          const key = edgeKey(edge);
          return (
            <li key={key}>
              <button
                class="link"
                aria-pressed={key === chosen}
                onClick={() => setChosen(key === chosen ? undefined : key)}
              >
                {said(edge)}
              </button>
            </li>
          );
        })}
      </ol>
    </>
  );
}

const said = (edge: PartGraph["edges"][number]): string => `${edge.from} → ${entrance(edge)}: ${figure(edge.value)}`;
