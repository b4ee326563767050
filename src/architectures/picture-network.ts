import type { Imported, Sizes } from "../formats/imported.ts";

/** A network that takes pictures, as any file with a graph gives it: a CNN or a vision transformer whose weights lie in tensors. */
export interface PictureNetwork {
  readonly kind: "picture";
  readonly family: string;
  importWith(sizes?: Sizes): Imported;
}
