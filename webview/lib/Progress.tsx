/** The thin line under a toolbar; `share` is 0 to 1, `undefined` while nothing runs. */
export function Progress({ label, share }: { readonly label: string; readonly share: number | undefined }) {
  const percent = Math.round(100 * (share ?? 0));
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span style={{ width: `${share === undefined ? 0 : Math.max(2, percent)}%` }} />
    </div>
  );
}
