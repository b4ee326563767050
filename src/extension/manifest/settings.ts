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
      "Memory, in gigabytes, that one computation may use. Glassbox chooses how many inputs it runs at once so as to stay within it.",
  },
  runtime: {
    type: "string",
    default: "onnxruntime",
    enum: ["onnxruntime", "tensorflow", "reference"],
    enumDescriptions: [
      "ONNX Runtime: fast, in float32.",
      "TensorFlow.js, in float32: its native library where @tensorflow/tfjs-node is installed, else WebAssembly. An independent witness, several times slower.",
      "The reference: every operator in float64, slow, to check the others against.",
    ],
    scope: "machine",
    markdownDescription: "What runs the networks.",
  },
  weights: {
    type: "string",
    default: "auto",
    enum: ["auto", "float32", "float16"],
    enumDescriptions: [
      "float32 where it fits into the memory budget, else float16.",
      "Every weight as exactly as float32 holds it.",
      "Half the memory; weights are rounded to 11 significant bits, and each is widened when it is used.",
    ],
    scope: "machine",
    markdownDescription: "How the weights of language models are kept. The workbench says which it is.",
  },
  executionProvider: {
    type: "string",
    default: "cpu",
    enum: executionProviders,
    enumDescriptions: [
      "The processor: everywhere, and what the results of others are compared with.",
      "WebGPU: a graphics card by Vulkan, Metal or Direct3D 12.",
      "CUDA: an NVIDIA card, where ONNX Runtime's CUDA libraries are installed.",
      "CoreML: Apple processors.",
      "DirectML: graphics cards under Windows.",
    ],
    scope: "machine",
    markdownDescription:
      "What ONNX Runtime computes on. If one is not available on this machine, the facts about the model say so, and the processor is used instead.",
  },
} as const satisfies Record<string, SettingContribution>;

export type SettingName = keyof typeof SETTINGS;
export type SettingId = `glassbox.${SettingName}`;

export const settingId = (name: SettingName): SettingId => `glassbox.${name}`;
