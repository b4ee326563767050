import { float16ToNumber } from "../../tensor/half.ts";

/** The value of every float16 by its bits: a quantised tensor holds one scale per block, millions in a file. */
export const halfValues: Float32Array = Float32Array.from({ length: 1 << 16 }, (_, bits) => float16ToNumber(bits));
