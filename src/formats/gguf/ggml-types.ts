/** How ggml packs a row: `blockBytes` bytes hold `blockSize` consecutive elements of the innermost axis. */
export interface GgmlType {
  readonly name: string;
  readonly blockSize: number;
  readonly blockBytes: number;
}

const layout = (name: string, blockSize: number, blockBytes: number): GgmlType => ({ name, blockSize, blockBytes });

/** ggml's numbering (ggml.h, `enum ggml_type`). The gaps are formats that were withdrawn: 4, 5, 31 to 33 and 36 to 38. */
export const ggmlTypes: ReadonlyMap<number, GgmlType> = new Map([
  [0, layout("F32", 1, 4)],
  [1, layout("F16", 1, 2)],
  [2, layout("Q4_0", 32, 18)],
  [3, layout("Q4_1", 32, 20)],
  [6, layout("Q5_0", 32, 22)],
  [7, layout("Q5_1", 32, 24)],
  [8, layout("Q8_0", 32, 34)],
  [9, layout("Q8_1", 32, 36)],
  [10, layout("Q2_K", 256, 84)],
  [11, layout("Q3_K", 256, 110)],
  [12, layout("Q4_K", 256, 144)],
  [13, layout("Q5_K", 256, 176)],
  [14, layout("Q6_K", 256, 210)],
  [15, layout("Q8_K", 256, 292)],
  [16, layout("IQ2_XXS", 256, 66)],
  [17, layout("IQ2_XS", 256, 74)],
  [18, layout("IQ3_XXS", 256, 98)],
  [19, layout("IQ1_S", 256, 50)],
  [20, layout("IQ4_NL", 32, 18)],
  [21, layout("IQ3_S", 256, 110)],
  [22, layout("IQ2_S", 256, 82)],
  [23, layout("IQ4_XS", 256, 136)],
  [24, layout("I8", 1, 1)],
  [25, layout("I16", 1, 2)],
  [26, layout("I32", 1, 4)],
  [27, layout("I64", 1, 8)],
  [28, layout("F64", 1, 8)],
  [29, layout("IQ1_M", 256, 56)],
  [30, layout("BF16", 1, 2)],
  [34, layout("TQ1_0", 256, 54)],
  [35, layout("TQ2_0", 256, 66)],
  [39, layout("MXFP4", 32, 17)],
  [40, layout("NVFP4", 64, 36)],
  [41, layout("Q1_0", 128, 18)],
]);
