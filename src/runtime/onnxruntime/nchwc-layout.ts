/** Channels of the widest block of ONNX Runtime's layout: a depthwise convolution is blocked only where the channels fill it. */
export const widestBlock = 16;
