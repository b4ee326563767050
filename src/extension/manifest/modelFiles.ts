/** Model files by what can be done with them, by their names' endings. What a file really is, the importers judge from its bytes. */
export const MODEL_FILES = {
  explain: [".onnx"],
  probeLayers: [".onnx"],
  openTextWorkbench: [".gguf", ".safetensors"],
} as const satisfies Record<string, readonly string[]>;

export type ModelUse = keyof typeof MODEL_FILES;

/** Every file name ending by which Glassbox offers itself. */
export const MODEL_EXTENSIONS: readonly string[] = [...new Set(Object.values(MODEL_FILES).flat())];

/**
 * True in menus on a file that a command is for. A regular expression, not a context key: a key is unset until the extension
 * has been activated, and nothing activates it before its first menu item is used.
 */
export const onModelFile = (use: ModelUse): string => `resourceExtname =~ /^(${MODEL_FILES[use].map((ending) => ending.replace(".", "\\.")).join("|")})$/i`;

export const isFileFor = (use: ModelUse, path: string): boolean => MODEL_FILES[use].some((ending) => path.toLowerCase().endsWith(ending));
