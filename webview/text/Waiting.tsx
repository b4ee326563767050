import { Failed } from "../lib/Failed.tsx";
import type { Answer } from "./use-answer.ts";

/** What stands where a result will be, or would have been. */
export function Waiting({ answer, doing }: { readonly answer: Answer<unknown>; readonly doing: string }) {
  if (answer.state === "failed" && answer.failure) return <Failed failure={answer.failure} onRetry={answer.retry} />;
  if (answer.state === "cancelled")
    return (
      <p class="quiet">
        Stopped. What was known is kept.{" "}
        <button class="link" onClick={answer.retry}>
          Run again
        </button>
      </p>
    );
  if (answer.state === "running")
    return (
      <p class="quiet" role="status">
        {answer.progress?.note || `${doing}…`}
      </p>
    );
  return null;
}
