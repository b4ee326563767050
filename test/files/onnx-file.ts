import { bytesOf, int, message, string } from "../fuzz/protobuf.ts";

const floatType = 1;

/** TypeProto.Tensor of float32. */
const port = (field: number, name: string, shape: readonly number[]): Uint8Array =>
  message(field, string(1, name), message(2, message(1, int(1, floatType), message(2, ...shape.map((extent) => message(1, int(1, extent)))))));

/** A valid ONNX file of one operator that keeps its input's shape: a picture in, a picture out, and no classes. */
export function pictureToPicture(operator = "Relu", shape: readonly number[] = [1, 3, 32, 32]): Uint8Array {
  const node = message(1, string(1, "picture"), string(2, "enhanced"), string(3, "only"), string(4, operator));
  return bytesOf(int(1, 8), message(8, string(1, ""), int(2, 18)), message(7, node, string(2, "enhancer"), port(11, "picture", shape), port(12, "enhanced", shape)));
}
