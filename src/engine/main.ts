/**
 * The engine process: one thread that always answers, and a compute thread that may block. It forwards all requests. If
 * the compute thread dies or has to be ended, pending requests fail with a sentence and the next request starts a new
 * thread.
 */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from "vscode-jsonrpc/node";
import type { EngineSettings } from "../protocol/engine.ts";
import { ComputeThread } from "./compute-thread.ts";

const settings = JSON.parse(process.env.GLASSBOX_ENGINE ?? "{}") as EngineSettings;
const surface = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));

let compute: ComputeThread | undefined;

surface.onRequest((method, params, token) => {
  if (compute === undefined || compute.ended)
    compute = new ComputeThread(settings, (event, data) => void surface.sendNotification(event, data));
  return compute.send(method, params, token);
});

const graceMs = 1000;

/** The end of a thread in native code cannot be waited for. */
function leave(): void {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), graceMs);
  void (compute?.terminate() ?? Promise.resolve()).then(() => process.exit(0));
}

// A terminal sends Ctrl+C to the whole process group. The surface cancels its jobs and decides when to end.
process.on("SIGINT", () => undefined);
surface.onClose(leave);
process.on("disconnect", leave);
surface.listen();
