import { executionProviders } from "../../protocol/execution-provider.ts";

interface Described {
  readonly markdownDescription: string;
  readonly scope?: "machine" | "window" | "resource";
}

export type SettingContribution = Described &
  (
    | { readonly type: "number"; readonly default: number; readonly minimum: number; readonly maximum?: number }
    | { readonly type: "boolean"; readonly default: boolean }
    | {
        readonly type: "string";
        readonly default: string;
        readonly enum?: readonly string[];
        readonly enumDescriptions?: readonly string[];
      }
  );

/** Every setting. Its identifier is `glassbox.` and the name here. */
export const SETTINGS = {
  memoryBudget: {
    type: "number",
    default: 2,
    minimum: 0.25,
    scope: "machine",
    markdownDescription:
      "The memory, in gigabytes, that one computation may use. Glassbox runs as many inputs at once as fit into it.",
  },
  runtime: {
    type: "string",
    default: "onnxruntime",
    enum: ["onnxruntime", "tensorflow", "reference"],
    enumDescriptions: [
      "ONNX Runtime: fast, in float32.",
      "TensorFlow.js, in float32: its native library if @tensorflow/tfjs-node is installed, else WebAssembly. An independent implementation to compare with; several times slower.",
      "The reference implementation: every operator in float64. It is slow and serves to check the others.",
    ],
    scope: "machine",
    markdownDescription: "The runtime that runs networks.",
  },
  weights: {
    type: "string",
    default: "auto",
    enum: ["auto", "float32", "float16"],
    enumDescriptions: [
      "float32 if it fits into the memory budget, else float16.",
      "Always float32.",
      "Takes half the memory. Weights are rounded to 11 significant bits, and widened to float32 when they are used.",
    ],
    scope: "machine",
    markdownDescription:
      "The precision in which the weights of language models are kept. The text workbench shows which one is used.",
  },
  executionProvider: {
    type: "string",
    default: "cpu",
    enum: executionProviders,
    enumDescriptions: [
      "The CPU: available everywhere. The results of the other providers are compared with it.",
      "WebGPU: a GPU through Vulkan, Metal or Direct3D 12.",
      "CUDA: an NVIDIA GPU, if ONNX Runtime's CUDA libraries are installed.",
      "CoreML: Apple processors.",
      "DirectML: GPUs on Windows.",
    ],
    scope: "machine",
    markdownDescription:
      "The hardware that ONNX Runtime computes on. If it is not available on this machine, networks run on the CPU, and the facts about the model say so.",
  },
} as const satisfies Record<string, SettingContribution>;

export type SettingName = keyof typeof SETTINGS;
export type SettingId = `glassbox.${SettingName}`;

export const settingId = (name: SettingName): SettingId => `glassbox.${name}`;
