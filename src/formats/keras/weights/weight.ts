import type { DType } from "../../../tensor/dtype.ts";
import type { Shape } from "../../../tensor/shape.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import type { LayerRecord } from "../records.ts";

/** A variable's numbers in the file, not read until they are needed. */
export interface Weight {
  /** Where it lies in the file. */
  readonly path: string;
  readonly shape: Shape;
  readonly dtype: DType;
  load(): Tensor;
}

/** The weights of each layer, those inside other layers too, by the names of their variables. */
export type LayerWeights = ReadonlyMap<LayerRecord, ReadonlyMap<string, Weight>>;
