/** The number of channels in the widest block of ONNX Runtime's NCHWc layout. A depthwise convolution uses the layout only if its channels fill whole blocks. */
export const widestBlock = 16;
