import { useState } from "preact/hooks";
import type { Table } from "../../src/protocol/generic-answers.ts";
import { figure } from "../lib/numbers.ts";
import { sortedRows, type Order } from "./sorted-rows.ts";

/** More rows make the page slow. */
const mostRows = 500;

/** A table that sorts by any column. */
export function TableView({ data }: { readonly data: Table }) {
  const [order, setOrder] = useState<Order>();
  const { columns, rows, rowKind } = data;
  const shown = sortedRows(rows, order).slice(0, mostRows);
  const numeric = columns.map((_, i) => rows.every((row) => typeof row[i] === "number"));
  const by = (column: number): void =>
    setOrder(
      order?.column === column ? { column, descending: !order.descending } : { column, descending: numeric[column]! },
    );
  const caption = `${rows.length} ${rows.length === 1 ? rowKind : `${rowKind}s`}`;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Table: ${caption}`}>
      <table class="rows">
        <caption>
          {caption}
          {rows.length > mostRows && `. The first ${mostRows} are shown; the export has all.`}
        </caption>
        <thead>
          <tr>
            {columns.map(({ name, unit }, i) => (
              <th
                key={i}
                scope="col"
                aria-sort={order?.column === i ? (order.descending ? "descending" : "ascending") : "none"}
                class={numeric[i] ? "number" : undefined}
              >
                <button class="link" onClick={() => by(i)}>
                  {name}
                  {unit && ` (${unit})`}
                  {order?.column === i && (order.descending ? " ↓" : " ↑")}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, i) => (
            <tr key={i}>
              {row.map((entry, k) => (
                <td key={k} class={numeric[k] ? "number" : undefined}>
                  {typeof entry === "number" ? figure(entry) : entry}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
