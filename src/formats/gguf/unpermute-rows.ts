import { GlassboxError } from "../../tensor/errors.ts";
import { formatShape, sizeOf } from "../../tensor/shape.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";

/**
 * Undoes the order that converters give to the query and key rows of the Llama family. There, row 2i + h of a head holds what
 * was row i + h·d/2 (h = 0, 1): rotary pairs lie side by side for ggml's interleaved rotation, where the checkpoint keeps them
 * half a head apart. `heads` is the number of key-value heads for keys. Takes a matrix, or a bias of one axis.
 */
export function unpermuteRows(value: Tensor, heads: number): Tensor {
  const rows = value.shape[0] ?? 0;
  const perHead = rows / heads;
  if (!Number.isInteger(perHead) || perHead % 2 !== 0) {
    throw new GlassboxError(
      "file",
      `${rows} rows of a tensor of shape ${formatShape(value.shape)} do not make ${heads} heads of an even size`,
    );
  }
  const width = sizeOf(value.shape.slice(1));
  const data = value.data.slice() as typeof value.data;
  for (let row = 0; row < rows; row++) {
    const within = row % perHead;
    const target = row - within + (within >> 1) + (within & 1) * (perHead / 2);
    data.set(value.data.subarray(row * width, (row + 1) * width) as never, target * width);
  }
  return tensor(value.dtype, value.shape, data);
}
