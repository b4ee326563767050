import path from "node:path";
import { exists, isFolder } from "../files/look.ts";
import { refuseFolder } from "./folder-content.ts";
import { ggufReader } from "./gguf/open.ts";
import type { FedValues } from "./fed-values.ts";
import type { Imported, Sizes, SymbolicExtent } from "./imported.ts";
import { openKerasH5, openKerasZip } from "./keras/open.ts";
import { identify } from "./kind.ts";
import { openOnnx } from "./onnx/open.ts";
import { cannotBeOpened } from "./refusal.ts";
import { safetensorsReader } from "./safetensors/open.ts";
import { fileSource } from "./source.ts";
import { openTensorFlowJs } from "./tensorflowjs/open.ts";
import type { Format, GraphFormatId, TensorFormatId } from "./table.ts";
import type { OpenedTensors, TensorReader } from "./tensor-source.ts";

/** An input as a file declares it. */
export interface DeclaredPort {
  readonly name: string;
  readonly elementType: string | undefined;
  readonly shape: readonly SymbolicExtent[] | undefined;
}

/** An open file that holds its network. */
export interface OpenedGraph {
  readonly bytes: number;
  /** The inputs as the file declares them, if it does before its sizes are chosen. */
  readonly declared?: readonly DeclaredPort[] | undefined;
  /** Further files that hold its weights. */
  readonly files?: readonly string[] | undefined;
  /** What the exporter wrote about the model, by key, if the format has a place for it. */
  readonly metadata?: ReadonlyMap<string, string> | undefined;
  /** How pixels are fed to the input of this name, where the network's own layers say it. */
  readonly fedValues?: ((input: string) => FedValues | undefined) | undefined;
  /** SHA-256 of the file and of every file that its tensors name, each read through the open file that weights are read from. */
  sha256(): string;
  /**
   * The network at chosen sizes: cheap to call again, since weights stay in the file.
   * @param hash its SHA-256, by which weight stores know its weights again
   */
  importWith(sizes?: Sizes, hash?: string): Imported;
  close(): void;
}

const graphReaders: Readonly<Record<GraphFormatId, (file: string) => OpenedGraph | Promise<OpenedGraph>>> = {
  hdf5: openKerasH5,
  keras: openKerasZip,
  onnx: openOnnx,
  tensorflowjs: openTensorFlowJs,
};
const tensorReaders: Readonly<Record<TensorFormatId, TensorReader>> = {
  gguf: ggufReader,
  safetensors: safetensorsReader,
};

/** Opens a file that holds its network, by what it is and not by what it is called. */
export async function openGraph(file: string): Promise<OpenedGraph & { readonly format: Format }> {
  const format = formatOfFile(file);
  const open = entryOf(graphReaders, format.id);
  if (open === undefined) throw cannotBeOpened(file, format, "picture");
  return { ...(await open(file)), format };
}

/** Opens a file of tensors, or the folder of one: what it is, its bytes say. */
export const openTensors = (file: string): OpenedTensors => tensorReaderOf(file).open(file);

/** The files that make up the same model as this file of tensors, and whether a description of it lies next to them. */
export function tensorFilesOf(file: string): {
  readonly files: readonly string[];
  readonly describedNextToThem: boolean;
} {
  const reader = tensorReaderOf(file);
  return { files: reader.filesOf(file), describedNextToThem: !reader.describesItself };
}

/** Whether a file or folder holds named tensors, which need an architecture, rather than a network. */
export function holdsTensors(file: string): boolean {
  if (isFolder(file)) return true;
  const indexed = Object.values(tensorReaders).some(({ names }) => names?.index === path.basename(file));
  return indexed || formatOfFile(file).id in tensorReaders;
}

function tensorReaderOf(file: string): TensorReader {
  const readers = Object.values(tensorReaders);
  if (isFolder(file)) {
    const wholeNames = readers.flatMap(({ names }) => (names ? [names.whole] : []));
    const found = readers.find(
      ({ names }) => names && [names.whole, names.index].some((name) => exists(path.join(file, name))),
    );
    if (found) return found;
    throw refuseFolder(file, wholeNames.join(" or "));
  }
  const indexed = readers.find(({ names }) => names?.index === path.basename(file));
  if (indexed) return indexed;
  const format = formatOfFile(file);
  const reader = entryOf(tensorReaders, format.id);
  if (reader === undefined) throw cannotBeOpened(file, format, "text");
  return reader;
}

const entryOf = <Reader>(readers: Readonly<Record<string, Reader>>, id: string): Reader | undefined =>
  Object.hasOwn(readers, id) ? readers[id] : undefined;

/** By content: a name may lie. */
function formatOfFile(file: string): Format {
  const source = fileSource(file);
  try {
    return identify(source);
  } finally {
    source.close();
  }
}
