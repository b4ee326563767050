import type { SiteStatistics } from "../../protocol/site-statistics.ts";
import { canonicalValues, type Layout } from "../../graph/axes/layout.ts";

const strongestShown = 3;

/**
 * Sums of one site's values over photographs, in float64: Σx and Σ(x − first)², so that a large mean loses no digits.
 */
export class SiteSums {
  readonly #site: string;
  readonly #channels: Float64Array;
  #count = 0;
  #shift = 0;
  #sum = 0;
  #squares = 0;
  #least = Infinity;
  #greatest = -Infinity;
  #above = 0;

  readonly #layout: Layout | undefined;

  /** @param layout how the site's values are read; where it is unknown, the channels have no ranking */
  constructor(site: string, layout: Layout | undefined) {
    this.#site = site;
    this.#layout = layout;
    this.#channels = new Float64Array(layout?.channels ?? 0);
  }

  /** Adds one photograph's activations to the sums of their channels. */
  add(activation: Float64Array): void {
    const values = this.#layout ? canonicalValues(activation, this.#layout) : activation;
    if (this.#count === 0) this.#shift = values[0] ?? 0;
    const shift = this.#shift;
    const positions = this.#channels.length ? values.length / this.#channels.length : values.length;
    let [squares, least, greatest, above] = [0, this.#least, this.#greatest, 0];
    for (let start = 0, channel = 0; start < values.length; start += positions, channel++) {
      let sum = 0;
      for (let i = start; i < start + positions; i++) {
        const value = values[i]!;
        const off = value - shift;
        sum += off;
        squares += off * off;
        if (value < least) least = value;
        if (value > greatest) greatest = value;
        if (value > 0) above++;
      }
      this.#sum += sum;
      if (this.#channels.length) this.#channels[channel] = this.#channels[channel]! + sum + positions * shift;
    }
    this.#squares += squares;
    this.#above += above;
    [this.#least, this.#greatest] = [least, greatest];
    this.#count += values.length;
  }

  get statistics(): SiteStatistics {
    const off = this.#sum / this.#count;
    const perChannel = this.#channels.length ? this.#count / this.#channels.length : 1;
    const ranked = Array.from(this.#channels, (sum, channel) => ({ channel, mean: sum / perChannel })).sort(
      (a, b) => b.mean - a.mean || a.channel - b.channel,
    );
    return {
      site: this.#site,
      mean: this.#shift + off,
      deviation: Math.sqrt(Math.max(0, this.#squares / this.#count - off * off)),
      least: this.#least,
      greatest: this.#greatest,
      aboveZero: this.#above / this.#count,
      strongest: ranked.slice(0, strongestShown),
    };
  }
}
