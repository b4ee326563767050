import { randomUUID } from "node:crypto";
import { GlassboxError, messageOf } from "../../tensor/errors.ts";
import { bytesPerElement, viewAs, type DType } from "../../tensor/dtype.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import type { ByteSource } from "../source.ts";
import { checkTensorBytes, defaultMaxTensorBytes } from "../tensor-bytes.ts";
import { discardHdf5Library, hdf5Library, type Hdf5Module } from "./library.ts";
import { mountSource } from "./mount.ts";

export interface Hdf5Dataset {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** An HDF5 file, read by path. Links out of the file, virtual datasets and unknown filters are refused. */
export interface Hdf5File {
  readonly name: string;
  kindOf(path: string): "group" | "dataset" | undefined;
  /** The names in a group, in the file's order. */
  childrenOf(path: string): readonly string[];
  /** Texts and numbers of an attribute; undefined if there is none. */
  attribute(path: string, name: string): readonly (string | number)[] | undefined;
  dataset(path: string): Hdf5Dataset;
  /** @param mostBytes a larger dataset is refused */
  read(path: string, mostBytes?: number): Tensor;
  close(): void;
}

type Metadata = ReturnType<Hdf5Module["get_dataset_metadata"]>;

const deflate = 1;
const known: ReadonlySet<number> = new Set([deflate, 2, 3]);
/** An attribute holds a model's description, or the names of its weights. */
const mostAttributeBytes = 1 << 26;
/** Read in parts, so that the library's memory, which never shrinks, stays small. */
const partBytes = 1 << 25;
/** Deflate packs at most 1032 to 1. */
const mostPacking = 1032;

export const openHdf5 = async (source: ByteSource): Promise<Hdf5File> => openHdf5In(await hdf5Library(), source);

/** The same where the library is loaded already. */
function openHdf5In(module: Hdf5Module, source: ByteSource): Hdf5File {
  const mounted = mountSource(module, source, `/${randomUUID()}.h5`);
  const refuse = (what: string, path?: string): GlassboxError =>
    new GlassboxError("file", what, {
      where: path === undefined ? source.name : `${source.name}, ${path}`,
      hint: "The file is damaged, was cut off, or is not what Keras writes.",
    });
  /** Runs something of the library; its own errors and traps become refusals. */
  const guarded = <Result>(path: string, run: () => Result): Result => {
    try {
      return run();
    } catch (error) {
      if (error instanceof GlassboxError) throw error;
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) discardHdf5Library();
      throw refuse(`HDF5 cannot read it: ${messageOf(error).slice(0, 200)}`, path);
    }
  };
  const file = guarded("/", () => module.open(mounted.path, module.H5F_ACC_RDONLY));
  if (file <= 0n) {
    mounted.unmount();
    throw refuse("the file's HDF5 structure is damaged");
  }

  const kindOf = (path: string): "group" | "dataset" | undefined =>
    guarded(path, () => {
      const type = module.get_type(file, path);
      if (type === module.H5G_UDLINK)
        throw new GlassboxError(
          "unsupported",
          "a link leads out of the HDF5 file, and links to other files are not followed",
          { where: `${source.name}, ${path}`, hint: "Save the model into one file." },
        );
      return type === module.H5G_GROUP ? "group" : type === module.H5G_DATASET ? "dataset" : undefined;
    });

  const metadataOf = (path: string): Metadata & { readonly shape: number[] } => {
    if (kindOf(path) !== "dataset") throw refuse("there is no dataset of this name", path);
    const metadata = guarded(path, () => module.get_dataset_metadata(file, path));
    if (metadata.virtual_sources !== undefined)
      throw new GlassboxError("unsupported", "the dataset is virtual: its numbers lie in other files", {
        where: `${source.name}, ${path}`,
        hint: "Save the model into one file.",
      });
    if (metadata.shape === null) throw refuse("the dataset is empty", path);
    return { ...metadata, shape: metadata.shape };
  };

  const typeOf = (path: string, { type, size, signed, vlen }: Metadata): DType => {
    const dtype = vlen ? undefined : dtypes[`${type}:${size}:${signed}`];
    if (dtype === undefined) throw refuse("the dataset holds no plain numbers", path);
    return dtype === "uint16" && file > 0n && attribute(path, "dtype")?.[0] === "bfloat16" ? "bfloat16" : dtype;
  };

  /** What a dataset claims must fit into the file as its filters can pack it. */
  const checked = (path: string, mostBytes: number): { metadata: Metadata; shape: Shape; dtype: DType } => {
    const metadata = metadataOf(path);
    const { shape } = metadata;
    const filters = guarded(path, () => module.get_dataset_filters(file, path));
    const unknown = filters.find(({ id }) => !known.has(id));
    if (unknown)
      throw new GlassboxError("unsupported", `the dataset is packed with the filter ${unknown.name || unknown.id}`, {
        where: `${source.name}, ${path}`,
        hint: "Only deflate (gzip), shuffle and Fletcher-32 are read. Save the model again without the filter.",
      });
    const bytes = sizeOf(shape) * metadata.size;
    const most = source.size * (filters.some(({ id }) => id === deflate) ? mostPacking : 1);
    if (!Number.isSafeInteger(bytes) || bytes > most)
      throw refuse(`the dataset claims ${bytes} bytes, more than the file of ${source.size} bytes can hold`, path);
    checkTensorBytes(bytes, mostBytes, path, source.name);
    return { metadata, shape, dtype: typeOf(path, metadata) };
  };

  const attribute = (path: string, name: string): readonly (string | number)[] | undefined =>
    guarded(path, () => {
      if (!module.get_attribute_names(file, path).includes(name)) return undefined;
      const metadata = module.get_attribute_metadata(file, path, name);
      const count = metadata.shape === null ? 0 : sizeOf(metadata.shape);
      const bytes = count * metadata.size;
      if (!(bytes <= mostAttributeBytes)) throw refuse(`the attribute ${name} claims ${bytes} bytes`, path);
      if (count === 0) return [];
      return inMemory(module, bytes, (at) => {
        if (module.get_attribute_data(file, path, name, BigInt(at)) < 0)
          throw refuse(`the attribute ${name} is damaged`, path);
        const values = decode(module, at, count, metadata);
        if (metadata.vlen) module.reclaim_vlen_memory(file, path, name, BigInt(at));
        if (values === undefined) throw refuse(`the attribute ${name} holds neither texts nor numbers`, path);
        return values;
      });
    });

  return {
    name: source.name,
    kindOf,
    childrenOf: (path) => guarded(path, () => module.get_names(file, path, false)),
    attribute,
    dataset(path) {
      const { shape, dtype } = checked(path, Infinity);
      return { shape, dtype };
    },
    read(path, mostBytes = defaultMaxTensorBytes) {
      const { metadata, shape, dtype } = checked(path, mostBytes);
      const elements = sizeOf(shape);
      const data = new Uint8Array(elements * metadata.size);
      const [rows = 1, ...rest] = shape;
      const rowBytes = sizeOf(rest) * metadata.size;
      const step = shape.length === 0 ? 1 : Math.max(1, Math.floor(partBytes / Math.max(1, rowBytes)));
      for (let row = 0; row < rows && data.length > 0; row += step) {
        const count = Math.min(step, rows - row);
        guarded(path, () =>
          inMemory(module, count * rowBytes, (at) => {
            const whole = shape.length === 0;
            const counts = whole ? null : [count, ...rest].map(BigInt);
            const offsets = whole ? null : [row, ...rest.map(() => 0)].map(BigInt);
            const strides = whole ? null : shape.map(() => 1n);
            if (module.get_dataset_data(file, path, counts, offsets, strides, BigInt(at)) < 0)
              throw refuse("the dataset cannot be read", path);
            data.set(module.HEAPU8.subarray(at, at + count * rowBytes), row * rowBytes);
          }),
        );
      }
      return tensor(dtype, shape, viewAs(dtype, data.buffer, 0, elements));
    },
    close() {
      try {
        module.close_file(file);
      } catch {
        discardHdf5Library();
      }
      mounted.unmount();
    },
  };
}

/** By class (0 integer, 1 float, 8 enumeration, which h5py makes of booleans), size and sign. */
const dtypes: Readonly<Record<string, DType>> = {
  "1:2:false": "float16",
  "1:4:false": "float32",
  "1:8:false": "float64",
  "0:1:true": "int8",
  "0:2:true": "int16",
  "0:4:true": "int32",
  "0:8:true": "int64",
  "0:1:false": "uint8",
  "0:2:false": "uint16",
  "0:4:false": "uint32",
  "0:8:false": "uint64",
  "8:1:true": "bool",
};

/** @param run gets the address of `bytes` zeros in the library's memory, which are its own until it returns */
function inMemory<Result>(module: Hdf5Module, bytes: number, run: (at: number) => Result): Result {
  const at = Number(module._malloc(Math.max(1, bytes)));
  if (at === 0) throw new GlassboxError("resource", `HDF5 has no memory for ${bytes} bytes`);
  module.HEAPU8.fill(0, at, at + bytes);
  try {
    return run(at);
  } finally {
    module._free(at);
  }
}

const textClass = 3;

function decode(module: Hdf5Module, at: number, count: number, metadata: Metadata): (string | number)[] | undefined {
  const { type, size, vlen, signed } = metadata;
  const bytes = module.HEAPU8.slice(at, at + count * size);
  if (type === textClass) {
    const utf8 = new TextDecoder();
    const pointers = vlen ? new Uint32Array(bytes.buffer) : undefined;
    return Array.from({ length: count }, (_, i) =>
      pointers
        ? pointers[i] === 0
          ? ""
          : module.UTF8ToString(pointers[i]!)
        : utf8.decode(bytes.subarray(i * size, (i + 1) * size)).replace(/\0[^]*$/, ""),
    );
  }
  const dtype = vlen ? undefined : dtypes[`${type}:${size}:${signed}`];
  if (dtype === undefined || dtype === "float16") return undefined;
  return Array.from(viewAs(dtype, bytes.buffer as ArrayBuffer, 0, (count * size) / bytesPerElement(dtype)), Number);
}
