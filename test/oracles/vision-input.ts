/** How `vision-gradients.py` turns an image into a model's input; the twin of its `preprocess`. */
export interface OraclePreprocessing {
  readonly channels: "RGB" | "BGR";
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const side = 224;

/** The image called "formula": 224 × 224 RGB bytes made of integers, the same in every language. */
export function formulaImage(): Uint8Array {
  const rgb = new Uint8Array(side * side * 3);
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at += 3) {
      rgb.set([(x * y) >> 3, 3 * x + 5 * y, 2 * (x ^ y)], at);
    }
  }
  return rgb;
}

/** [1, 3, 224, 224] from RGB bytes: (u / scale − mean) / std in double precision, rounded to float32 once. */
export function oracleInput(rgb: Uint8Array, { channels, scale, mean, std }: OraclePreprocessing): Float32Array {
  const plane = side * side;
  const input = new Float32Array(3 * plane);
  for (let c = 0; c < 3; c++) {
    const source = channels === "RGB" ? c : 2 - c;
    for (let i = 0; i < plane; i++) input[c * plane + i] = (rgb[3 * i + source]! / scale - mean[c]!) / std[c]!;
  }
  return input;
}
