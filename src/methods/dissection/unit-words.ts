import type { ActiveWords } from "./formulas.ts";
import type { SparseMask } from "./upsampled-mask.ts";

/** The masks of units over all pictures, held as their non-zero words. Formulas are compared with them again and again. */
export class UnitWords {
  readonly #lists: { picture: number[]; word: number[]; bits: number[]; area: number }[];
  #words = 0;

  constructor(units: number) {
    this.#lists = Array.from({ length: units }, () => ({ picture: [], word: [], bits: [], area: 0 }));
  }

  /** An estimate: the lists hold three numbers for each word. */
  get bytes(): number {
    return this.#words * 24;
  }

  add(unit: number, picture: number, { words, index, bits, area }: SparseMask): void {
    const list = this.#lists[unit]!;
    for (let k = 0; k < words; k++) {
      list.picture.push(picture);
      list.word.push(index[k]!);
      list.bits.push(bits[k]!);
    }
    list.area += area;
    this.#words += words;
  }

  of(unit: number): ActiveWords {
    const { picture, word, bits, area } = this.#lists[unit]!;
    return { picture: Int32Array.from(picture), word: Int32Array.from(word), bits: Uint32Array.from(bits), area };
  }
}
