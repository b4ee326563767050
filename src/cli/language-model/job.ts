import type { NotificationType, RequestType } from "vscode-jsonrpc";
import type { Failure } from "../../protocol/engine.ts";
import type { JobEvent, JobParams } from "../../protocol/language-model.ts";
import type { Session } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { ProgressLine } from "../progress-line.ts";

let jobs = 0;

/** The exit code; a job that was stopped says how far it came. */
export function ended({ remark }: Session, cancelled: boolean, kept: string): ExitCode {
  if (cancelled) remark(`Stopped early; ${kept}`);
  return cancelled ? exitCodes.cancelled : exitCodes.done;
}

/** Asks for a stream and waits for its end, with a bar meanwhile. `hear` gets each part as it comes. */
export async function streamed<P extends JobParams, R, Part>(
  { engine, token }: Session,
  label: string,
  request: RequestType<P, R, Failure>,
  event: NotificationType<JobEvent<Part>>,
  params: Omit<P, "job">,
  hear: (part: Part) => void,
  quiet = false,
): Promise<R> {
  const progress = new ProgressLine(process.stderr);
  if (!quiet) progress.wait(`${label}: opening the model …`);
  const listen = (method: string, heard: unknown): void => {
    if (method !== event.method) return;
    const { progress: done, part } = heard as JobEvent<Part>;
    if (!quiet) progress.update(label, done);
    hear(part);
  };
  try {
    return (await engine.forwardJob(
      request.method,
      { ...params, job: `${process.pid}-language-${jobs++}` },
      listen,
      token,
    )) as R;
  } finally {
    progress.clear();
  }
}
