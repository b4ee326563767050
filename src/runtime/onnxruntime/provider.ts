import type { InferenceSession } from "onnxruntime-node";
import { Builder } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { float32 } from "../../tensor/tensor.ts";
import { emitOnnx } from "./emit.ts";
import { messageOf } from "../../tensor/errors.ts";

/** What executes the operators. CoreML exists on macOS only, DirectML on Windows only. */
export type ExecutionProvider = "cpu" | "webgpu" | "cuda" | "coreml" | "directml";

interface Accelerator {
  readonly title: string;
  /** The provider's name in ONNX Runtime's interface. */
  readonly word: string;
  readonly needs: string;
}

const accelerators: Readonly<Record<Exclude<ExecutionProvider, "cpu">, Accelerator>> = {
  webgpu: { title: "WebGPU", word: "webgpu", needs: "a graphics card with a driver for Vulkan, Metal or Direct3D 12" },
  cuda: {
    title: "CUDA",
    word: "cuda",
    needs:
      "Linux, an NVIDIA card, CUDA, and ONNX Runtime's CUDA libraries, which its package downloads if it is installed with --onnxruntime-node-install=cuda12",
  },
  coreml: { title: "CoreML", word: "coreml", needs: "a Mac with an Apple processor" },
  directml: { title: "DirectML", word: "dml", needs: "Windows and a card with a driver for Direct3D 12" },
};

type CreateSession = (model: Uint8Array, options: InferenceSession.SessionOptions) => Promise<InferenceSession>;

/** The provider that runs the programs, and a note for the user if it is not the wanted one. */
export interface ChosenProvider {
  readonly name: ExecutionProvider;
  readonly sessionProviders: readonly string[];
  readonly note: string | undefined;
}

const processor: ChosenProvider = { name: "cpu", sessionProviders: ["cpu"], note: undefined };

/** Returns the wanted provider if it loads a program on this machine, else the CPU. Operators that the provider lacks run on the CPU. */
export async function chooseProvider(wanted: ExecutionProvider, create: CreateSession): Promise<ChosenProvider> {
  if (wanted === "cpu") return processor;
  const { title, word, needs } = accelerators[wanted];
  try {
    await (await create(smallestModel(), { executionProviders: [word], logSeverityLevel: 4 })).release();
    return { name: wanted, sessionProviders: [word, "cpu"], note: undefined };
  } catch (error) {
    return {
      ...processor,
      note: `${title} is not available on this machine, so networks run on the CPU. It needs ${needs}. ONNX Runtime says: ${lastSentence(error)}`,
    };
  }
}

function smallestModel(): Uint8Array {
  const b = new Builder(coreOperators);
  return emitOnnx(
    b.finish([b.add(b.input("x", { dtype: "float32", shape: [1] }), b.tensor(float32([1], [1])))]),
    () => undefined,
  );
}

/** ONNX Runtime's messages begin with a position in its own source code, which is cut off here. */
const lastSentence = (error: unknown): string =>
  messageOf(error)
    .trim()
    .replace(/^.*(?:was false\. |::\w+\([^)]*\)\s+)/s, "");
