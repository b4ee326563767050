/**
 * Every kind of file that Glassbox knows, in the order in which bytes are compared: magic first, then structure, then text.
 * Menus, file dialogs, hints and error sentences are made from this list; `kind.ts` holds the sniffers of what has no magic and
 * `open.ts` the readers of what runs, and the compiler asks for both. It imports nothing, because the extension's manifest is
 * made from it too.
 */

/** What a model is asked about. */
export type ModelSubject = "picture" | "text";

interface Row {
  readonly id: string;
  /** Fits into "this is …". */
  readonly description: string;
  /** How a list of formats calls it. */
  readonly name?: string;
  /** Endings by which such files are found. What a file is, its bytes say. */
  readonly endings?: readonly string[];
  /** Names by which such files are found where their ending is that of many other files. */
  readonly fileNames?: readonly string[];
  /** Latin-1 texts, one of which stands at an offset of the file; unset where a sniffer has to look more closely. */
  readonly magic?: Magic;
  /** A network with its weights; named tensors, whose architecture is written elsewhere; unset for what is no model. */
  readonly holds?: "graph" | "tensors";
  readonly level?: Level;
  /** What its models are asked about. */
  readonly subjects?: readonly ModelSubject[];
  /** What to do with such a file. */
  readonly hint?: string;
}

/**
 * `runs`: the network is computed; of tensors, the families that `src/architectures` knows. `weights`: arrays are read, and
 * nothing runs. `recognised`: errors call it by its name.
 */
export type Level = "runs" | "weights" | "recognised";

export interface Magic {
  readonly at: number;
  readonly oneOf: readonly string[];
}

const startsWith = (...oneOf: readonly string[]): Magic => ({ at: 0, oneOf });

const exportFromPyTorch =
  "Save the weights as safetensors, with config.json in the same folder, or export the network with torch.onnx.export.";
const exportFromTensorFlow = (source: string): string =>
  `Convert it to ONNX with tf2onnx: python -m tf2onnx.convert ${source} --output model.onnx.`;

const rows = [
  { id: "empty", description: "an empty file" },
  {
    id: "git-lfs",
    description: "a Git LFS pointer, the stand-in for a file that has not been downloaded (run `git lfs pull`)",
    magic: startsWith("version https://git-lfs.github.com/spec/"),
    hint: "Run `git lfs pull` in its repository, then open it again.",
  },
  {
    id: "gguf",
    description: "a GGUF file (llama.cpp)",
    name: "GGUF",
    endings: [".gguf"],
    holds: "tensors",
    level: "runs",
    subjects: ["text"],
  },
  {
    id: "ggml",
    description: "an old GGML file, which llama.cpp replaced by GGUF",
    magic: startsWith("lmgg", "fmgg", "tjgg", "algg"),
    holds: "tensors",
    hint: "Convert it to GGUF with the converter of llama.cpp.",
  },
  {
    id: "hdf5",
    description: "an HDF5 file (Keras .h5)",
    name: "Keras HDF5",
    endings: [".h5", ".hdf5"],
    holds: "graph",
    level: "runs",
    subjects: ["picture"],
  },
  {
    id: "tflite",
    description: "a TensorFlow Lite model",
    name: "TensorFlow Lite",
    endings: [".tflite"],
    magic: { at: 4, oneOf: ["TFL3"] },
    holds: "graph",
    hint: exportFromTensorFlow("--tflite model.tflite"),
  },
  {
    id: "npy",
    description: "a NumPy array",
    name: "NumPy",
    endings: [".npy"],
    magic: startsWith("\x93NUMPY"),
    holds: "tensors",
    level: "weights",
  },
  {
    id: "torchscript",
    description: "a TorchScript program (zip archive)",
    name: "TorchScript",
    endings: [".pt", ".pth", ".ts"],
    holds: "graph",
    hint: "Export the network with torch.onnx.export.",
  },
  {
    id: "torch-export",
    description: "a torch.export program (zip archive)",
    name: "torch.export",
    endings: [".pt2"],
    holds: "graph",
    hint: "Export the network with torch.onnx.export, which takes an exported program.",
  },
  {
    id: "pytorch",
    description: "a PyTorch checkpoint (zip archive)",
    name: "PyTorch",
    endings: [".pt", ".pth", ".bin", ".ckpt"],
    holds: "tensors",
    hint: exportFromPyTorch,
  },
  {
    id: "keras",
    description: "a Keras 3 model (zip archive)",
    name: "Keras 3",
    endings: [".keras"],
    holds: "graph",
    level: "runs",
    subjects: ["picture"],
  },
  {
    id: "npz",
    description: "a NumPy archive of arrays",
    name: "NumPy",
    endings: [".npz"],
    holds: "tensors",
    level: "weights",
  },
  {
    id: "zip",
    description: "a zip archive",
    magic: startsWith("PK\x03\x04", "PK\x05\x06", "PK\x07\x08"),
    hint: "Unpack it and open the model inside.",
  },
  {
    id: "pytorch-legacy",
    description: "a PyTorch checkpoint of before version 1.6 (pickle)",
    name: "PyTorch",
    endings: [".pt", ".pth", ".bin"],
    magic: startsWith("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19"),
    holds: "tensors",
    hint: exportFromPyTorch,
  },
  { id: "pickle", description: "a Python pickle" },
  { id: "png", description: "a PNG picture", magic: startsWith("\x89PNG\r\n\x1a\n") },
  { id: "jpeg", description: "a JPEG picture", magic: startsWith("\xff\xd8\xff") },
  { id: "webp", description: "a WebP picture" },
  { id: "gif", description: "a GIF picture", magic: startsWith("GIF87a", "GIF89a") },
  { id: "bmp", description: "a BMP picture" },
  { id: "pdf", description: "a PDF document", magic: startsWith("%PDF-") },
  {
    id: "gzip",
    description: "a gzip-compressed file",
    magic: startsWith("\x1f\x8b\x08"),
    hint: "Unpack it and open the model inside.",
  },
  {
    id: "7z",
    description: "a 7-Zip archive",
    magic: startsWith("7z\xbc\xaf\x27\x1c"),
    hint: "Unpack it and open the model inside.",
  },
  {
    id: "tar",
    description: "a tar archive",
    magic: { at: 257, oneOf: ["ustar"] },
    hint: "Unpack it and open the model inside.",
  },
  {
    id: "safetensors",
    description: "a safetensors file",
    name: "safetensors",
    endings: [".safetensors"],
    holds: "tensors",
    level: "runs",
    subjects: ["text"],
  },
  {
    id: "onnx",
    description: "an ONNX model",
    name: "ONNX",
    endings: [".onnx"],
    holds: "graph",
    level: "runs",
    subjects: ["picture"],
  },
  {
    id: "saved-model",
    description: "a TensorFlow SavedModel graph (saved_model.pb)",
    name: "TensorFlow SavedModel",
    endings: [".pb"],
    holds: "graph",
    hint: exportFromTensorFlow("--saved-model FOLDER"),
  },
  {
    id: "coreml",
    description: "a Core ML model",
    name: "Core ML",
    endings: [".mlmodel"],
    holds: "graph",
    hint: "Export the network to ONNX from the framework that trained it.",
  },
  {
    id: "openvino",
    description: "an OpenVINO model description (.xml)",
    name: "OpenVINO",
    endings: [".xml"],
    holds: "graph",
    hint: "Export the network to ONNX from the framework that trained it.",
  },
  {
    id: "html",
    description: "a web page, perhaps a download that asked to log in",
    hint: "Download the file again while logged in.",
  },
  {
    id: "tensorflowjs",
    description: "a TensorFlow.js model description (model.json)",
    name: "TensorFlow.js",
    endings: [".json"],
    fileNames: ["model.json"],
    holds: "graph",
    level: "runs",
    subjects: ["picture"],
  },
  { id: "json", description: "a JSON text" },
  { id: "text", description: "a text file" },
  { id: "onnx-tensor", description: "a single ONNX tensor, not a model" },
  { id: "unknown", description: "a file of a kind that is not recognised" },
] as const satisfies readonly Row[];

type Rows = (typeof rows)[number];
export type FormatId = Rows["id"];

/** What has no magic, so that a sniffer must know it. */
export type SniffedId = Exclude<FormatId, Extract<Rows, { readonly magic: Magic }>["id"]>;

/** What runs, so that a reader must open it: networks with their weights, and tensors. */
export type GraphFormatId = Extract<Rows, { readonly level: "runs"; readonly holds: "graph" }>["id"];
export type TensorFormatId = Extract<Rows, { readonly level: "runs"; readonly holds: "tensors" }>["id"];

export interface Format extends Row {
  readonly id: FormatId;
  readonly endings: readonly string[];
  readonly fileNames: readonly string[];
  readonly level: Level;
  readonly subjects: readonly ModelSubject[];
}

export const formats: readonly Format[] = rows.map((row) => ({
  endings: [],
  fileNames: [],
  level: "recognised",
  subjects: [],
  ...row,
}));

const byId: ReadonlyMap<FormatId, Format> = new Map(formats.map((format) => [format.id, format]));

export const formatOf = (id: FormatId): Format => byId.get(id)!;

/** The formats whose models run and are asked about this. */
export const formatsFor = (subject: ModelSubject): readonly Format[] =>
  formats.filter(({ level, subjects }) => level === "runs" && subjects.includes(subject));

/** File name endings of the models that are asked about this, but of those that are found by their whole names. */
export const endingsFor = (subject: ModelSubject): readonly string[] =>
  formatsFor(subject).flatMap(({ endings, fileNames }) => (fileNames.length > 0 ? [] : endings));

/** Whole file names of the models that are asked about this. */
export const fileNamesFor = (subject: ModelSubject): readonly string[] =>
  formatsFor(subject).flatMap(({ fileNames }) => fileNames);
