/** Rows are true classes, columns what the probe says; the shade is the share of the row. Only some classes where there are many. */
export function Confusion({
  classes,
  confusion,
}: {
  readonly classes: readonly string[];
  readonly confusion: readonly number[];
}) {
  const count = classes.length;
  const shown = mostFrequent(confusion, count);
  return (
    <div class="table" tabIndex={0} role="region" aria-label="Confusion matrix">
      <table class="confusion">
        {shown.length < count && (
          <caption>
            The {shown.length} most frequent of {count} classes
          </caption>
        )}
        <thead>
          <tr>
            <td class="corner" title="Rows are true classes, columns what the probe says">
              true ↓
            </td>
            {shown.map((k) => (
              <th key={k} scope="col" title={classes[k]}>
                <span>{classes[k]}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((truth) => {
            const row = confusion.slice(truth * count, (truth + 1) * count);
            const total = row.reduce((sum, n) => sum + n, 0) || 1;
            return (
              <tr key={truth}>
                <th scope="row" title={classes[truth]}>
                  {classes[truth]}
                </th>
                {shown.map((said) => (
                  <td
                    key={said}
                    class={said === truth ? "right" : "wrong"}
                    style={{ "--share": `${Math.round((100 * row[said]!) / total)}%` }}
                  >
                    {row[said]}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const mostShown = 12;

function mostFrequent(confusion: readonly number[], count: number): readonly number[] {
  const totals = Array.from({ length: count }, (_, k) =>
    confusion.slice(k * count, (k + 1) * count).reduce((sum, n) => sum + n, 0),
  );
  return [...totals.keys()]
    .sort((a, b) => totals[b]! - totals[a]! || a - b)
    .slice(0, mostShown)
    .sort((a, b) => a - b);
}
