import type { CancellationToken } from "vscode-jsonrpc";
import type { Failure } from "../protocol/engine.ts";
import type { ExperimentEvent, ExperimentOutcome, ExperimentParams, TaskOutcome } from "../protocol/experiment.ts";
import type { ShownData } from "../protocol/answer-data.ts";
import type { OptionValue, Progress } from "../protocol/result.ts";
import type { Block, BlockOutcome } from "../protocol/walkthrough.ts";
import { withChanges } from "./change.ts";
import { wrong } from "./problem.ts";

/** What a block needs of an engine. */
export interface Asked {
  experiment(
    params: ExperimentParams,
    listen: (event: ExperimentEvent) => void,
    token?: CancellationToken,
  ): Promise<ExperimentOutcome>;
}

export interface RunSettings {
  readonly job: string;
  /** The walkthrough's folder on this machine. Paths in its blocks are relative to it. */
  readonly folder: string;
  readonly changes: Readonly<Record<string, OptionValue>>;
  /** A reader's own model. */
  readonly model?: string | undefined;
  readonly listen: (what: string, progress: Progress) => void;
  readonly token?: CancellationToken | undefined;
}

/** Runs one block in the engine, like any experiment file, and checks its claims. */
export async function runBlock(
  block: Block,
  engine: Asked,
  { job, folder, changes, model, listen, token }: RunSettings,
): Promise<BlockOutcome> {
  const done: TaskOutcome<ShownData>[] = [];
  let picture: BlockOutcome["picture"];
  let planned = 0;
  const onEvent = (event: ExperimentEvent): void => {
    if (event.kind === "planned") planned = event.tasks.length;
    if (event.kind === "input") picture = event.prepared.view;
    if (event.kind === "done") done.push(event.outcome as TaskOutcome<ShownData>);
    if (event.kind === "progress") listen(`${event.task.analysis}, ${done.length + 1} of ${planned}`, event.progress);
  };
  const file = `${folder}/${block.id}.glassbox.yaml`;
  const outcome = await engine.experiment(
    { job, file, text: withChanges(block.text, changes), detail: "display", ...(model !== undefined && { model }) },
    onEvent,
    token,
  );
  const error = outcome.problems.find(({ severity }) => severity === "error");
  if (error) throw wrong({ file: block.file, line: block.line + error.range.start.line }, error.message);
  const failed = done.find(({ failure }) => failure !== undefined)?.failure;
  if (failed) throw new BlockFailure(failed);
  return {
    block: block.id,
    tasks: done,
    readings: readingsOf(done),
    claims: outcome.claims,
    cancelled: outcome.cancelled,
    picture,
  };
}

/** The failure of a task. */
export class BlockFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.what);
    this.name = "BlockFailure";
    this.failure = failure;
  }
}

/** Every number that a claim reads, by the names that figures and questions use. */
function readingsOf(tasks: readonly TaskOutcome<ShownData>[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { task, readings } of tasks)
    for (const { path, value } of readings) if (typeof value === "number") found[`${task.analysis}.${path}`] = value;
  return found;
}
