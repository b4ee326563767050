/** The file name endings by which Glassbox offers itself. What a file really is, the importers judge from its bytes. */
export const MODEL_EXTENSIONS = [".onnx", ".gguf", ".safetensors"] as const;

/**
 * True in menus on such a file. A regular expression, not a context key: a key is unset until the extension has been
 * activated, and nothing activates it before its first menu item is used.
 */
export const ON_MODEL_FILE = `resourceExtname =~ /^(${MODEL_EXTENSIONS.map((ending) => ending.replace(".", "\\.")).join("|")})$/i`;
