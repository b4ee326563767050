/** Eager PyTorch as a process that runs on request, so that its runs interleave with ours. */
import { spawn } from "node:child_process";
import path from "node:path";
import readline from "node:readline";

const root = process.env["GLASSBOX_ROOT"] ?? process.cwd();

export type TorchLayout = "eager" | "channels-last";

export interface TorchPeer {
  readonly version: string;
  /** One run, in milliseconds by its own clock. */
  run(model: string, batch: number, layout: TorchLayout, what: "forward" | "gradient"): Promise<number>;
  stop(): void;
}

/** The Python that has torch, or why there is no such peer. */
export async function torchPeer(): Promise<TorchPeer | string> {
  const python = process.env["GLASSBOX_PYTHON"];
  if (python === undefined) return "PyTorch is left out: GLASSBOX_PYTHON names no Python that has torch.";
  const child = spawn(python, [path.join(root, "bench", "peers", "torch_gradients.py"), "--serve"], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Record<string, unknown> | undefined> => {
    const { value, done } = await lines.next();
    return done ? undefined : (JSON.parse(value as string) as Record<string, unknown>);
  };
  const hello = await answer();
  if (hello === undefined) return `PyTorch is left out: ${python} did not start bench/peers/torch_gradients.py.`;
  return {
    version: `torch ${String(hello["version"])}`,
    run: async (...request) => {
      child.stdin.write(`${request.join(" ")}\n`);
      const reply = await answer();
      if (reply === undefined) throw new Error(`PyTorch stopped at ${request.join(" ")}`);
      return reply["ms"] as number;
    },
    stop: () => child.stdin.end(),
  };
}
