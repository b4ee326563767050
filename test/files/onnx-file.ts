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

interface Declared {
  readonly name: string;
  /** ONNX's number of the element type: 1 is float32, 2 uint8, 7 int64. */
  readonly type: number;
  /** A text is a free size. */
  readonly shape: readonly (number | string)[];
}

const declared = (field: number, { name, type, shape }: Declared): Uint8Array =>
  message(
    field,
    string(1, name),
    message(
      2,
      message(
        1,
        int(1, type),
        message(2, ...shape.map((size) => message(1, typeof size === "string" ? string(2, size) : int(1, size)))),
      ),
    ),
  );

/**
 * The mean of each channel of a picture, as float32: [batch, channel]. Pixels of another type are converted first. Further
 * inputs are multiplied with the means.
 */
export function channelMeans(
  picture: Declared,
  further: readonly Declared[] = [],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const attribute = (name: string, value: number): Uint8Array => message(5, string(1, name), int(3, value), int(20, 2));
  const node = (inputs: readonly string[], output: string, operator: string, ...attributes: Uint8Array[]): Uint8Array =>
    message(1, ...inputs.map((input) => string(1, input)), string(2, output), string(4, operator), ...attributes);
  const products = further.map(({ name }, i) =>
    node([i === 0 ? "flat" : `product${i - 1}`, name], `product${i}`, "Mul"),
  );
  const last = further.length === 0 ? "flat" : `product${further.length - 1}`;
  return bytesOf(
    int(1, 8),
    message(8, string(1, ""), int(2, 18)),
    message(
      7,
      node([picture.name], "real", "Cast", attribute("to", 1)),
      node(["real"], "mean", "GlobalAveragePool"),
      node(["mean"], "flat", "Flatten"),
      ...products,
      node([last], "means", "Identity"),
      string(2, "means"),
      ...[picture, ...further].map((each) => declared(11, each)),
      declared(12, { name: "means", type: 1, shape: ["N", "C"] }),
    ),
    ...Object.entries(metadata).map(([key, value]) => message(14, string(1, key), string(2, value))),
  );
}
