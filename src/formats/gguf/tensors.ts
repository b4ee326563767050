import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { checkTensorBytes, defaultMaxTensorBytes } from "../tensor-bytes.ts";
import { dequantizerOf } from "./dequantize.ts";
import { quote } from "./metadata.ts";
import type { GgufModel } from "./read.ts";

/** Bytes of the file held at once while a large tensor is widened. */
const pieceBytes = 4 << 20;

/**
 * The weights called `name` as float32, exactly as ggml's reference widens them. Costs 4 bytes per element and one pass over the
 * file's part; more than `mostBytes` are refused.
 */
export function readTensor({ source, tensors }: GgufModel, name: string, mostBytes = defaultMaxTensorBytes): Tensor {
  const info = tensors.get(name);
  if (info === undefined) throw new GlassboxError("file", `there is no tensor ${quote(name)}`, { where: source.name });
  const dequantize = dequantizerOf(info.type.name);
  if (dequantize === undefined) {
    throw new GlassboxError(
      "unsupported",
      `the tensor ${quote(name)} is stored as ${info.type.name}, which cannot be read yet`,
      { where: source.name, hint: "F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 and Q2_K to Q6_K can." },
    );
  }
  const size = sizeOf(info.shape);
  checkTensorBytes(size * 4, mostBytes, quote(name), source.name);
  const out = new Float32Array(size);
  const { blockBytes, blockSize } = info.type;
  const blocks = size / blockSize;
  const perPiece = Math.floor(pieceBytes / blockBytes);
  for (let done = 0; done < blocks; done += perPiece) {
    const count = Math.min(perPiece, blocks - done);
    dequantize(source.read(info.offset + done * blockBytes, count * blockBytes), 0, count, out, done * blockSize);
  }
  return tensor("float32", info.shape, out);
}
