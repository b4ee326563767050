/**
 * What an image is optimized for: a weighted sum of scalars read from the network. Objectives are values that can be
 * added and scaled, and they have a text form: `channel("blocks.5", 20) - 0.2*diversity`
 * (Olah, Mordvintsev, Schubert 2017, "Feature Visualization").
 */
export interface Objective {
  readonly terms: readonly ObjectiveTerm[];
}

export type ObjectiveTerm = { readonly weight: number } & Measure;

export type Measure =
  /** The mean of one channel over its positions. */
  | { readonly kind: "channel"; readonly site: string; readonly channel: number }
  /** One channel at one position; the default is the middle. */
  | {
      readonly kind: "neuron";
      readonly site: string;
      readonly channel: number;
      readonly position: readonly [row: number, column: number] | undefined;
    }
  /** The mean square of all activations, which DeepDream maximises. */
  | { readonly kind: "layer"; readonly site: string }
  /** The dot product with a vector, which has one number per channel, averaged over positions. */
  | { readonly kind: "direction"; readonly site: string; readonly vector: readonly number[] }
  | { readonly kind: "logit"; readonly index: number }
  /**
   * The similarity of the images in a batch: the mean cosine between one image's channel Gram matrix and those of the
   * others. Subtracting it makes the images differ, as in lucid and lucent. The default is the first site in the objective.
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

/** Merges equal measures and drops zero weights, so `a - a` is empty. */
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
