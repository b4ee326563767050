import type { MessageConnection } from "vscode-jsonrpc/browser";
import { Activity } from "../lib/activity.ts";

/** The way to the engine: the connection, what runs on it, what it has answered, and who hears of which job. */
export interface Host {
  readonly connection: MessageConnection;
  readonly activity: Activity;
  /** Answers by question: going back to a view asks nothing again. */
  readonly answers: Map<string, unknown>;
  readonly listeners: Map<string, (event: unknown) => void>;
}

const mostRemembered = 64;

export function createHost(connection: MessageConnection): Host {
  const listeners = new Map<string, (event: unknown) => void>();
  connection.onNotification((_method: string, event: unknown) => {
    if (typeof event === "object" && event !== null && "job" in event) listeners.get(String(event.job))?.(event);
  });
  return { connection, activity: new Activity(), answers: new Map(), listeners };
}

export function remember({ answers }: Host, question: string, answer: unknown): void {
  answers.set(question, answer);
  const [oldest] = answers.keys();
  if (answers.size > mostRemembered && oldest !== undefined) answers.delete(oldest);
}
