import { useRef } from "preact/hooks";
import type { Step } from "../../src/protocol/walkthrough.ts";

interface Props {
  readonly steps: readonly Step[];
  readonly current: string;
  readonly visited: readonly string[];
  readonly onGo: (id: string) => void;
}

/** All steps: a column where there is room, else one line that opens. */
export function StepList({ steps, current, visited, onGo }: Props) {
  const fold = useRef<HTMLDetailsElement>(null);
  const go = (id: string): void => {
    if (fold.current) fold.current.open = false;
    onGo(id);
  };
  const list = (
    <ol>
      {steps.map(({ id, title }) => (
        <li key={id}>
          <button class="link" aria-current={id === current ? "step" : undefined} onClick={() => go(id)}>
            <span class="sign" aria-hidden="true">
              {id === current ? "●" : visited.includes(id) ? "✓" : "○"}
            </span>
            <span>{title}</span>
            {visited.includes(id) && id !== current && <span class="hidden">, seen</span>}
          </button>
        </li>
      ))}
    </ol>
  );
  return (
    <nav class="steps" aria-label="Steps">
      <div class="wide">{list}</div>
      <details class="narrow" ref={fold}>
        <summary>
          <span>All steps</span>
          <span class="quiet">
            {visited.length} of {steps.length} seen
          </span>
        </summary>
        {list}
      </details>
    </nav>
  );
}
