import { useEffect, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import { Recent } from "../../src/tensor/recent.ts";
import { activityOf } from "./activity.ts";
import { notAsked, startAsking, type Asked, type PanelQuestion } from "./asking.ts";

/** So many answers are remembered: going back to a view asks nothing again. */
const mostRemembered = 64;
const remembered = new WeakMap<MessageConnection, Recent<Asked>>();

function rememberedBy(connection: MessageConnection): Recent<Asked> {
  const known = remembered.get(connection) ?? new Recent<Asked>(mostRemembered);
  remembered.set(connection, known);
  return known;
}

export interface UsedAsk extends Asked {
  /** Asks the same again. */
  readonly retry: () => void;
}

/**
 * Asks whenever the question changes, cancels what was asked before and drops what still comes of it; without a question
 * nothing is asked. The label says in the panel's progress line what is running.
 */
export function useAsk(connection: MessageConnection, label: string, question: PanelQuestion | undefined): UsedAsk {
  const key = question && JSON.stringify(question);
  const [shown, setShown] = useState<Asked & { readonly key: string | undefined }>({ ...notAsked, key: undefined });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (question === undefined || key === undefined) return;
    const answers = rememberedBy(connection);
    const known = answers.get(key);
    if (known) return setShown({ ...known, key });
    const [activity, task] = [activityOf(connection), Symbol(label)];
    let current = true;
    const asking = startAsking(connection, question, (asked) => {
      if (!current) return;
      setShown({ ...asked, key });
      const { done, total } = asked.progress ?? { done: 0, total: 1 };
      const running = { label, share: done / Math.max(1, total), cancel: () => asking.cancel() };
      activity.set(task, asked.state === "running" ? running : undefined);
      if (asked.state === "done") answers.set(key, asked);
    });
    return () => {
      current = false;
      asking.cancel();
      activity.set(task, undefined);
    };
  }, [connection, key, turn]);
  const now = shown.key === key ? shown : notAsked;
  return { ...now, retry: () => setTurn(turn + 1) };
}
