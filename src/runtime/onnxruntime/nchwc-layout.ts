/** The number of channels in the widest block of ONNX Runtime's NCHWc layout. A depthwise convolution uses the layout only if its channels fill whole blocks. */
export const widestBlock = 16;

/**
 * The operators that ONNX Runtime computes in the blocked layout (its NchwcTransformer): a convolution's output is always
 * blocked; the output of the others is blocked if their inputs are. This is a fact about the runtime, so it is not a trait
 * of the operators.
 */
export const blockedKernels: ReadonlyMap<string, "enters" | "elementwise" | "pools" | "joins channels"> = new Map([
  ["Conv", "enters"],
  ["Relu", "elementwise"],
  ["Clip", "elementwise"],
  ["Sigmoid", "elementwise"],
  ["Tanh", "elementwise"],
  ["Add", "elementwise"],
  ["Mul", "elementwise"],
  ["MaxPool", "pools"],
  ["AveragePool", "pools"],
  ["Concat", "joins channels"],
]);
