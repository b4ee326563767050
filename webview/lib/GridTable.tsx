interface Props {
  readonly caption: string;
  readonly rowTitle: string;
  readonly columnTitle: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly valueOf: (row: number, column: number) => string;
}

const mostColumns = 64;

/** The same numbers as a table. */
export function GridTable({ caption, rowTitle, columnTitle, rows, columns, valueOf }: Props) {
  const shown = columns.slice(0, mostColumns);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Table: ${caption}`}>
      <table>
        <caption>
          {caption}
          {shown.length < columns.length &&
            ` The first ${mostColumns} of ${columns.length} columns; the export has all.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">
              {rowTitle} \ {columnTitle}
            </th>
            {shown.map((column, i) => (
              <th key={i} scope="col">
                <code>{column}</code>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              <th scope="row">
                <code>{row}</code>
              </th>
              {shown.map((_, k) => (
                <td key={k}>{valueOf(i, k)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
