/** Eager PyTorch as a process that runs on request, so that its runs interleave with ours. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { emitOnnx, isLarge } from "../src/runtime/onnxruntime/emit.ts";
import type { WeightStore } from "../src/runtime/weight-store.ts";
import { forwardProgram, type BenchModel } from "./models.ts";

const root = process.env["GLASSBOX_ROOT"] ?? process.cwd();

export type TorchLayout = "eager" | "channels-last";

export interface TorchPeer {
  readonly version: string;
  /** One run, in milliseconds by its own clock, and of all its threads' processor time. */
  run(
    model: string,
    batch: number,
    layout: TorchLayout,
    what: "forward" | "gradient",
  ): Promise<{ readonly ms: number; readonly cpuMs: number }>;
  stop(): void;
}

/** Eager code runs a transformer in one layout. */
export const layoutsOf = ({ convolutional }: BenchModel): readonly TorchLayout[] =>
  convolutional ? ["eager", "channels-last"] : ["eager"];

/** The file by which PyTorch knows the model: a shape's graph is written for it, beside its weights in the store. */
export function peerModel(model: BenchModel, batch: number, store: WeightStore): string {
  if (model.real) return model.name;
  const file = path.join(store.folder, `${model.name.replace(/\W/g, "-")}-${batch}.onnx`);
  if (!fs.existsSync(file))
    fs.writeFileSync(
      file,
      emitOnnx(forwardProgram(model, batch), (constant) => (isLarge(constant) ? store.locate(constant) : undefined)),
    );
  return file;
}

/** The Python that has torch, or why there is no such peer. */
export async function torchPeer(threads?: number): Promise<TorchPeer | string> {
  const python = process.env["GLASSBOX_PYTHON"];
  if (python === undefined) return "PyTorch is left out: GLASSBOX_PYTHON names no Python that has torch.";
  const child = spawn(
    python,
    [
      path.join(root, "bench", "peers", "torch_gradients.py"),
      "--serve",
      ...(threads === undefined ? [] : ["--threads", String(threads)]),
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
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
      return { ms: reply["ms"] as number, cpuMs: reply["cpuMs"] as number };
    },
    stop: () => child.stdin.end(),
  };
}
