/**
 * The random stream that the oracle scripts share with the tests (`lcg.py`): s ← (1664525 s + 1013904223) mod 2³².
 * Only its high bits are used; the low ones have short periods.
 */
export class Lcg {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return this.state;
  }

  sign(): -1 | 1 {
    return this.next() < 2 ** 31 ? -1 : 1;
  }

  /** Uniform over 0 … n−1; exact while n < 2²¹. */
  index(n: number): number {
    return Math.floor((this.next() * n) / 2 ** 32);
  }

  /** In [0, 1), exact in a double. */
  uniform(): number {
    return this.next() / 2 ** 32;
  }

  /** Twelve uniforms less six: exact, mean 0, variance 1. */
  normal(): number {
    let sum = 0;
    for (let i = 0; i < 12; i++) sum += this.uniform();
    return sum - 6;
  }
}
