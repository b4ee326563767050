import type { Failure } from "../../src/protocol/engine.ts";

/** An error where the result would be: what, where, what to do, and the button that does it. */
export function Failed({ failure, onRetry }: { readonly failure: Failure; readonly onRetry: () => void }) {
  return (
    <div class="failed" role="alert">
      <p class="what">
        <span aria-hidden="true">✕</span> {sentence(failure.what)}
      </p>
      {failure.where && <p class="where">{failure.where}</p>}
      {failure.hint && <p>{failure.hint}</p>}
      <button onClick={onRetry}>Try again</button>
    </div>
  );
}

/** Begins with a capital and ends with a full stop, however it came; a file's name stays as it is. */
const sentence = (text: string): string =>
  `${/^\S+\.\w/.test(text) ? text.charAt(0) : text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
