import { bytesOf, int, lying, message, string } from "../fuzz/protobuf.ts";

const floatType = 1;

/** TypeProto.Tensor of float32. */
const port = (field: number, name: string, shape: readonly number[]): Uint8Array =>
  message(
    field,
    string(1, name),
    message(2, message(1, int(1, floatType), message(2, ...shape.map((extent) => message(1, int(1, extent)))))),
  );

const picture = [1, 3, 32, 32];

/** A valid ONNX file of operators without attributes, one after the other, from a picture to `shape`. */
function chain(operators: readonly string[], shape: readonly number[]): Uint8Array {
  const values = ["picture", ...operators.slice(1).map((_, i) => `value${i}`), "answer"];
  const nodes = operators.map((operator, i) =>
    message(1, string(1, values[i]!), string(2, values[i + 1]!), string(3, `node${i}`), string(4, operator)),
  );
  return bytesOf(
    int(1, 8),
    message(8, string(1, ""), int(2, 18)),
    message(7, ...nodes, string(2, "chain"), port(11, "picture", picture), port(12, "answer", shape)),
  );
}

/** A picture in, a picture out, and no classes. */
export const pictureToPicture = (): Uint8Array => chain(["Relu"], picture);

/** Whole numbers that are no class of anything: the best sample of the batch, at every pixel. */
export const wholeNumbers = (): Uint8Array => chain(["ArgMax"], picture);

/** An operator of a domain that nobody here knows. */
export const unknownOperator = (): Uint8Array => chain(["Wobble", "GlobalAveragePool"], [1, 3, 1, 1]);

/** A graph whose length says that it is longer than the file. */
export const lyingLength = (): Uint8Array =>
  bytesOf(int(1, 8), message(8, string(1, ""), int(2, 18)), lying(7, 2 ** 31));

/** Three classes: how red, green and blue the picture is, each from 0 to 1. Under no convention does it answer firmly. */
export const colourClassifier = (): Uint8Array => chain(["Sigmoid", "GlobalAveragePool"], [1, 3, 1, 1]);
