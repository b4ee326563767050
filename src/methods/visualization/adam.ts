/** Adam for one array (Kingma, Ba 2015, algorithm 1), with the paper's defaults β₁ = .9, β₂ = .999, ε = 1e−8. It maximises. */
export class Adam {
  readonly mean: Float32Array;
  readonly square: Float32Array;
  readonly rate: number;

  constructor(rate: number, size: number, moments?: { readonly mean: Float32Array; readonly square: Float32Array }) {
    this.rate = rate;
    this.mean = moments ? moments.mean.slice() : new Float32Array(size);
    this.square = moments ? moments.square.slice() : new Float32Array(size);
  }

  /** @param step counts from 1 */
  ascend(values: Float32Array, gradient: ArrayLike<number>, step: number): void {
    const rate = (this.rate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
    const epsilon = 1e-8 * Math.sqrt(1 - 0.999 ** step);
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i]!;
      const m = (this.mean[i] = 0.9 * this.mean[i]! + 0.1 * g);
      const v = (this.square[i] = 0.999 * this.square[i]! + 0.001 * g * g);
      values[i] = values[i]! + (rate * m) / (Math.sqrt(v) + epsilon);
    }
  }
}
