/**
 * What an image is grown for: a weighted sum of scalars read from the network, as a value with an algebra
 * and a text form: `channel("blocks.5", 20) - 0.2*diversity` (Olah, Mordvintsev, Schubert 2017, "Feature Visualization").
 */
export interface Objective {
  readonly terms: readonly ObjectiveTerm[];
}

export type ObjectiveTerm = { readonly weight: number } & Measure;

export type Measure =
  /** The mean over positions of one channel. */
  | { readonly kind: "channel"; readonly site: string; readonly channel: number }
  /** One channel at one position; without a position the middle one. */
  | {
      readonly kind: "neuron";
      readonly site: string;
      readonly channel: number;
      readonly position: readonly [row: number, column: number] | undefined;
    }
  /** The mean square of all activations, as DeepDream maximises it. */
  | { readonly kind: "layer"; readonly site: string }
  /** The mean over positions of the scalar product with a vector of one number a channel. */
  | { readonly kind: "direction"; readonly site: string; readonly vector: readonly number[] }
  | { readonly kind: "logit"; readonly index: number }
  /**
   * How alike the images of a batch are: the mean cosine of one image's Gram matrix of channels with those of the
   * others. It is subtracted to make them differ, as lucid and lucent write it. Without a site, the first site that is named.
   */
  | { readonly kind: "diversity"; readonly site: string | undefined };

const measured = (measure: Measure): Objective => ({ terms: [{ ...measure, weight: 1 }] });

export const channel = (site: string, index: number): Objective => measured({ kind: "channel", site, channel: index });
export const neuron = (site: string, index: number, row?: number, column?: number): Objective =>
  measured({
    kind: "neuron",
    site,
    channel: index,
    position: row === undefined || column === undefined ? undefined : [row, column],
  });
export const layer = (site: string): Objective => measured({ kind: "layer", site });
export const direction = (site: string, vector: readonly number[]): Objective =>
  measured({ kind: "direction", site, vector });
export const logit = (index: number): Objective => measured({ kind: "logit", index });
export const diversity = (site?: string): Objective => measured({ kind: "diversity", site });

export const times = ({ terms }: Objective, factor: number): Objective => ({
  terms: terms.map((term) => ({ ...term, weight: term.weight * factor })),
});
export const negative = (objective: Objective): Objective => times(objective, -1);
export const minus = (a: Objective, b: Objective): Objective => plus(a, negative(b));

/** Equal measures are merged and zero weights dropped, so `a - a` is empty. */
export function plus(a: Objective, b: Objective): Objective {
  const merged = new Map<string, ObjectiveTerm>();
  for (const term of [...a.terms, ...b.terms]) {
    const key = formatMeasure(term);
    merged.set(key, { ...term, weight: term.weight + (merged.get(key)?.weight ?? 0) });
  }
  return { terms: [...merged.values()].filter(({ weight }) => weight !== 0) };
}

export function formatObjective({ terms }: Objective): string {
  return terms
    .map((term, i) => {
      const magnitude = Math.abs(term.weight);
      const sign = term.weight < 0 ? (i ? " - " : "-") : i ? " + " : "";
      return `${sign}${magnitude === 1 ? "" : `${magnitude}*`}${formatMeasure(term)}`;
    })
    .join("");
}

export function formatMeasure(measure: Measure): string {
  switch (measure.kind) {
    case "channel":
      return `channel(${JSON.stringify(measure.site)}, ${measure.channel})`;
    case "neuron":
      return `neuron(${[JSON.stringify(measure.site), measure.channel, ...(measure.position ?? [])].join(", ")})`;
    case "layer":
      return `layer(${JSON.stringify(measure.site)})`;
    case "direction":
      return `direction(${JSON.stringify(measure.site)}, [${measure.vector.join(", ")}])`;
    case "logit":
      return `logit(${measure.index})`;
    case "diversity":
      return measure.site === undefined ? "diversity" : `diversity(${JSON.stringify(measure.site)})`;
  }
}
