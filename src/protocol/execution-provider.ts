/** ONNX Runtime's execution providers. The CPU is the default; others need hardware that the machine may lack. */
export const executionProviders = ["cpu", "webgpu", "cuda", "coreml", "directml"] as const;
export type ExecutionProvider = (typeof executionProviders)[number];
