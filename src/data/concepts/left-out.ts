/** What a source of concepts left out, and why: one sentence for each reason, with the first names. Said once, however often it is met. */
export class LeftOut {
  readonly #names = new Map<string, Set<string>>();

  /** @param reason what follows "left out: ", e.g. `its mask has another shape than the picture` */
  add(reason: string, name: string): void {
    const names = this.#names.get(reason) ?? new Set();
    names.add(name);
    this.#names.set(reason, names);
  }

  get sentences(): readonly string[] {
    return [...this.#names].map(([reason, names]) => {
      const sorted = [...names].sort();
      const shown = sorted.slice(0, namesShown).join(", ");
      return `${names.size} left out, ${reason}: ${shown}${sorted.length > namesShown ? ", …" : ""}.`;
    });
  }
}

const namesShown = 3;
