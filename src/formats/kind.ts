import type { ByteSource } from "./source.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { headers, sniffOnnx, sniffTensorProto } from "./onnx/sniff.ts";
import { LENGTH, VARINT, Wire } from "./onnx/wire.ts";
import { readZipDirectory } from "./zip-directory.ts";

export type FileKindId =
  | "empty"
  | "git-lfs"
  | "onnx"
  | "onnx-tensor"
  | "safetensors"
  | "gguf"
  | "ggml"
  | "hdf5"
  | "tflite"
  | "npy"
  | "npz"
  | "pytorch"
  | "torchscript"
  | "torch-export"
  | "pytorch-legacy"
  | "pickle"
  | "keras"
  | "saved-model"
  | "tensorflowjs"
  | "zip"
  | "gzip"
  | "tar"
  | "7z"
  | "png"
  | "jpeg"
  | "webp"
  | "gif"
  | "bmp"
  | "pdf"
  | "html"
  | "json"
  | "text"
  | "unknown";

export interface FileKind {
  readonly id: FileKindId;
  /** Fits into "this is …". */
  readonly description: string;
}

interface Candidate {
  readonly source: ByteSource;
  /** The first bytes, up to 1024. */
  readonly head: Uint8Array;
  /** The same as Latin-1, for patterns. */
  readonly latin: string;
  /** Names of the entries, where it is a zip archive. */
  readonly entries: () => readonly string[];
}

interface Entry extends FileKind {
  readonly match: (candidate: Candidate) => boolean;
}

const kind = (id: FileKindId, description: string, match: (candidate: Candidate) => boolean): Entry => ({
  id,
  description,
  match,
});
const starts =
  (magic: string) =>
  ({ latin }: Candidate): boolean =>
    latin.startsWith(magic);
const at =
  (offset: number, magic: string) =>
  ({ latin }: Candidate): boolean =>
    latin.startsWith(magic, offset);
const both =
  (first: Entry["match"], second: Entry["match"]) =>
  (candidate: Candidate): boolean =>
    first(candidate) && second(candidate);
const has =
  (name: RegExp) =>
  ({ entries }: Candidate): boolean =>
    entries().some((entry) => name.test(entry));

const zipMagic = starts("PK\x03\x04");

/** The first that matches wins: magic bytes first, then structure, then text. */
const kinds: readonly Entry[] = [
  kind("empty", "an empty file", ({ source }) => source.size === 0),
  kind(
    "git-lfs",
    "a Git LFS pointer, the stand-in for a file that has not been downloaded (run `git lfs pull`)",
    starts("version https://git-lfs.github.com/spec/"),
  ),
  kind("gguf", "a GGUF file (llama.cpp)", starts("GGUF")),
  kind("ggml", "an old GGML file, which llama.cpp replaced by GGUF", ({ latin }) =>
    /^(lmgg|fmgg|tjgg|algg)/.test(latin),
  ),
  kind("hdf5", "an HDF5 file (Keras .h5)", isHdf5),
  kind("tflite", "a TensorFlow Lite model", at(4, "TFL3")),
  kind("npy", "a NumPy array", starts("\x93NUMPY")),
  kind("torchscript", "a TorchScript program (zip archive)", both(zipMagic, has(/^[^/]+\/code\/.*\.py$/))),
  kind(
    "torch-export",
    "a torch.export program (zip archive)",
    both(zipMagic, has(/(^|\/)(archive_format|serialized_exported_program\.json)$/)),
  ),
  kind("pytorch", "a PyTorch checkpoint (zip archive)", both(zipMagic, has(/^[^/]+\/data\.pkl$/))),
  kind("keras", "a Keras 3 model (zip archive)", both(zipMagic, has(/^(model\.weights\.(h5|npz)|config\.json)$/))),
  kind(
    "npz",
    "a NumPy archive of arrays",
    both(zipMagic, ({ entries }) => entries().length > 0 && entries().every((name) => name.endsWith(".npy"))),
  ),
  kind("zip", "a zip archive", ({ latin }) => /^PK(\x03\x04|\x05\x06|\x07\x08)/.test(latin)),
  kind(
    "pytorch-legacy",
    "a PyTorch checkpoint of before version 1.6 (pickle)",
    starts("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19"),
  ),
  kind("pickle", "a Python pickle", ({ latin }) => /^\x80[\x02-\x05][\x20-\x7f\x8a-\x95]/.test(latin)),
  kind("png", "a PNG picture", starts("\x89PNG\r\n\x1a\n")),
  kind("jpeg", "a JPEG picture", starts("\xff\xd8\xff")),
  kind("webp", "a WebP picture", both(starts("RIFF"), at(8, "WEBP"))),
  kind("gif", "a GIF picture", ({ latin }) => /^GIF8[79]a/.test(latin)),
  kind(
    "bmp",
    "a BMP picture",
    ({ latin, source }) => latin.startsWith("BM") && source.size > 26 && /^\0{4}/.test(latin.slice(6)),
  ),
  kind("pdf", "a PDF document", starts("%PDF-")),
  kind("gzip", "a gzip-compressed file", starts("\x1f\x8b\x08")),
  kind("7z", "a 7-Zip archive", starts("7z\xbc\xaf\x27\x1c")),
  kind("tar", "a tar archive", at(257, "ustar")),
  kind("safetensors", "a safetensors file", isSafetensors),
  kind("onnx", "an ONNX model", ({ source }) => sniffOnnx(source)),
  kind("saved-model", "a TensorFlow SavedModel graph (saved_model.pb)", isSavedModel),
  kind("html", "a web page, perhaps a download that asked to log in", ({ latin }) =>
    /^(\xef\xbb\xbf)?\s*<(!doctype html|html|head)[\s>]/i.test(latin),
  ),
  kind(
    "tensorflowjs",
    "a TensorFlow.js model description (model.json)",
    ({ latin }) => /^\s*\{/.test(latin) && /"(modelTopology|weightsManifest|convertedBy)"/.test(latin),
  ),
  kind(
    "json",
    "a JSON text",
    both(isText, ({ latin }) => /^(\xef\xbb\xbf)?\s*[[{]/.test(latin)),
  ),
  kind("text", "a text file", isText),
  kind("onnx-tensor", "a single ONNX tensor, not a model", ({ source }) => sniffTensorProto(source)),
];

const unknown: FileKind = { id: "unknown", description: "a file of a kind that is not recognised" };

/** What a file truly is, by its bytes; its name and extension are never looked at. */
export function identify(source: ByteSource): FileKind {
  const head = source.read(0, Math.min(1024, source.size));
  const latin = String.fromCharCode(...head);
  let names: readonly string[] | undefined;
  const entries = (): readonly string[] => (names ??= zipNames(source));
  const found = kinds.find(({ match }) => match({ source, head, latin, entries })) ?? unknown;
  return { id: found.id, description: found.description };
}

function zipNames(source: ByteSource): readonly string[] {
  try {
    return readZipDirectory(source).map(({ name }) => name);
  } catch (error) {
    if (error instanceof GlassboxError) return [];
    throw error;
  }
}

/** The signature may stand behind a user block of 512 bytes, 1024, 2048 … */
function isHdf5({ latin, source }: Candidate): boolean {
  const signature = "\x89HDF\r\n\x1a\n";
  if (latin.startsWith(signature) || latin.startsWith(signature, 512)) return true;
  for (let offset = 1024; offset <= 4096 && offset + 8 <= source.size; offset *= 2) {
    if (String.fromCharCode(...source.read(offset, 8)) === signature) return true;
  }
  return false;
}

/** A plausible header length, then JSON. */
function isSafetensors({ head, latin, source }: Candidate): boolean {
  if (source.size < 10) return false;
  const length = new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true);
  return length >= 2n && length <= 100_000_000n && /^\s*\{\s*["}]/.test(latin.slice(8));
}

/** SavedModel: schema version 1, then meta graphs, and nothing else. */
function isSavedModel({ source, head }: Candidate): boolean {
  if (source.size < 4 || head[0] !== 0x08 || head[1] !== 0x01 || head[2] !== 0x12) return false;
  try {
    for (const { number, type } of headers(new Wire(source), 0, source.size, 64)) {
      if (!(number === 1 && type === VARINT) && !(number === 2 && type === LENGTH)) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof GlassboxError) return false;
    throw error;
  }
}

function isText({ head }: Candidate): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}
