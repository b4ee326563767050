import { bytesOf, int, message, string } from "../fuzz/protobuf.ts";

const floatType = 1;

/** TypeProto.Tensor of float32. */
const port = (field: number, name: string, shape: readonly number[]): Uint8Array =>
  message(field, string(1, name), message(2, message(1, int(1, floatType), message(2, ...shape.map((extent) => message(1, int(1, extent)))))));

const picture = [1, 3, 32, 32];

/** A valid ONNX file of one operator without attributes, from a picture to `shape`. */
function oneOperator(operator: string, shape: readonly number[]): Uint8Array {
  const node = message(1, string(1, "picture"), string(2, "answer"), string(3, "only"), string(4, operator));
  return bytesOf(int(1, 8), message(8, string(1, ""), int(2, 18)), message(7, node, string(2, "one"), port(11, "picture", picture), port(12, "answer", shape)));
}

/** A picture in, a picture out, and no classes. */
export const pictureToPicture = (): Uint8Array => oneOperator("Relu", picture);

/** Three classes: how red, green and blue the picture is. Under no convention does it answer firmly. */
export const colourClassifier = (): Uint8Array => oneOperator("GlobalAveragePool", [1, 3, 1, 1]);
