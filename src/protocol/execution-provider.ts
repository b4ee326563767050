/** What ONNX Runtime computes on: the processor, or what a setting chooses where the machine has it. */
export const executionProviders = ["cpu", "webgpu", "cuda", "coreml", "directml"] as const;
export type ExecutionProvider = (typeof executionProviders)[number];
