/** Model files by what they hold, as their names' endings say. What a file really is, the importers judge from its bytes. */
export const MODEL_ENDINGS = { picture: [".onnx"], text: [".gguf", ".safetensors"] } as const;
