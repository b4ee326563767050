import { useMemo, useRef, useState } from "preact/hooks";
import { CancellationTokenSource, type MessageConnection } from "vscode-jsonrpc/browser";
import type { Failure } from "../../src/protocol/engine.ts";
import type { OptionValue, Progress } from "../../src/protocol/result.ts";
import { blockEvent, runBlock, type BlockOutcome } from "../../src/protocol/walkthrough.ts";
import { failureOf } from "../lib/failure-of.ts";

/** One block from asked to done; the last outcome stays while the next one is computed. */
export interface Run {
  readonly state: "running" | "done" | "cancelled" | "failed";
  readonly what: string;
  readonly progress: Progress | undefined;
  readonly outcome: BlockOutcome | undefined;
  readonly failure: Failure | undefined;
  readonly changes: Readonly<Record<string, OptionValue>>;
  /** A reader's own model, if it ran on one. */
  readonly model: string | undefined;
}

export interface Runs {
  readonly of: (block: string) => Run | undefined;
  readonly start: (
    block: string,
    changes: Readonly<Record<string, OptionValue>>,
    model: string | undefined,
  ) => Promise<BlockOutcome | undefined>;
  readonly cancel: (block: string) => void;
}

export function useRuns(connection: MessageConnection): Runs {
  const [runs, setRuns] = useState<ReadonlyMap<string, Run>>(new Map());
  const jobs = useRef(new Map<string, { job: string; source: CancellationTokenSource }>());
  const set = (block: string, change: (run: Run | undefined) => Run): void =>
    setRuns((all) => new Map(all).set(block, change(all.get(block))));
  useMemo(() => {
    connection.onNotification(blockEvent, ({ job, what, progress }) => {
      for (const [block, running] of jobs.current)
        if (running.job === job) set(block, (run) => ({ ...run!, what, progress }));
    });
  }, [connection]);

  const start: Runs["start"] = async (block, changes, model) => {
    jobs.current.get(block)?.source.cancel();
    const source = new CancellationTokenSource();
    const job = crypto.randomUUID();
    jobs.current.set(block, { job, source });
    const current = (): boolean => jobs.current.get(block)?.job === job;
    set(block, (run) => ({
      state: "running",
      what: "",
      progress: undefined,
      outcome: run?.outcome,
      failure: undefined,
      changes,
      model,
    }));
    try {
      const outcome = await connection.sendRequest(runBlock, { job, block, changes, model }, source.token);
      if (!current()) return undefined;
      set(block, (run) => ({
        ...run!,
        state: outcome.cancelled ? "cancelled" : "done",
        progress: undefined,
        outcome: outcome.cancelled ? run!.outcome : outcome,
      }));
      return outcome.cancelled ? undefined : outcome;
    } catch (error) {
      if (current())
        set(block, (run) => ({
          ...run!,
          state: source.token.isCancellationRequested ? "cancelled" : "failed",
          failure: failureOf(error),
        }));
      return undefined;
    }
  };
  return { of: (block) => runs.get(block), start, cancel: (block) => jobs.current.get(block)?.source.cancel() };
}
