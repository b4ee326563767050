import { Failed } from "../lib/Failed.tsx";
import type { UsedAsk } from "../lib/use-ask.ts";
import type { LookUp } from "../lib/use-request.ts";

interface Props {
  readonly answer: Pick<UsedAsk, "state" | "failure" | "retry" | "progress"> | LookUp<unknown>;
  readonly doing: string;
}

/** What stands where a result will be, or would have been. */
export function Waiting({ answer, doing }: Props) {
  const { state, failure, retry } = answer;
  if (state === "failed" && failure) return <Failed failure={failure} onRetry={retry} />;
  if (state === "cancelled")
    return (
      <p class="quiet">
        Stopped. What was known is kept.{" "}
        <button class="link" onClick={retry}>
          Run again
        </button>
      </p>
    );
  if (state === "running")
    return (
      <p class="quiet" role="status">
        {("progress" in answer && answer.progress?.note) || `${doing}…`}
      </p>
    );
  return null;
}
