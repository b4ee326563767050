import { decodeImage } from "../../data/image/decode.ts";
import { encodeImage } from "../../data/image/encode-png.ts";
import { image } from "../../data/image/image.ts";
import { readNpy, writeNpy } from "../../formats/numpy/npy.ts";
import type { RgbPicture } from "../../protocol/visualization.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Store } from "./store.ts";

/**
 * A result as JSON that loses nothing: tensors are in .npy files next to it and pictures in .png files, which it names; lists of
 * numbers stand in it under the name of their type.
 */
export function toExactJson(store: Store, stem: string, value: unknown): unknown {
  let pictures = 0;
  const replace = (inner: unknown, path: string): unknown => {
    if (isTensor(inner)) {
      const file = `${stem}${path === "data.values" ? "" : `.${path.replace(/^data\./, "")}`}.npy`;
      store.write(file, writeNpy(inner));
      return { npy: file };
    }
    if (isPicture(inner)) {
      pictures++;
      const file = `${stem}${pictures > 1 ? `.${pictures}` : ""}.png`;
      store.write(file, encodeImage(image(inner.width, inner.height, inner.rgb)));
      return { png: file };
    }
    if (ArrayBuffer.isView(inner))
      return {
        [inner.constructor.name]: Array.from(inner as Float64Array, (number) =>
          Number.isFinite(number) ? number : String(number),
        ),
      };
    if (Array.isArray(inner)) return inner.map((item, i) => replace(item, `${path}.${i}`));
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, each]) => [key, replace(each, path === "" ? key : `${path}.${key}`)]),
    );
  };
  return replace(value, "");
}

const lists = { Uint8Array, Int32Array, Float32Array, Float64Array } as const;

export function fromExactJson(store: Store, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => fromExactJson(store, item));
  if ("npy" in value && typeof value.npy === "string") return readTensor(store, value.npy);
  if ("png" in value && typeof value.png === "string") return readPicture(store, value.png);
  const [[key, inner] = ["", undefined], ...more] = Object.entries(value);
  if (more.length === 0 && Object.hasOwn(lists, key) && Array.isArray(inner))
    return lists[key as keyof typeof lists].from((inner as (number | string)[]).map(Number));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fromExactJson(store, each)]));
}

function readTensor(store: Store, name: string): Tensor {
  const bytes = store.read(name);
  return readNpy({
    name,
    size: bytes.length,
    read: (offset, length) => Uint8Array.from(bytes.subarray(offset, offset + length)),
    close: () => undefined,
  });
}

function readPicture(store: Store, name: string): RgbPicture {
  const { width, height, data } = decodeImage(store.read(name), name).image;
  return { width, height, rgb: Uint8Array.from(data) };
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === "object" && value !== null && "dtype" in value && "data" in value && ArrayBuffer.isView(value.data);

const isPicture = (value: unknown): value is RgbPicture =>
  typeof value === "object" && value !== null && "rgb" in value && ArrayBuffer.isView(value.rgb);
