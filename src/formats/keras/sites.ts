import type { Site } from "../../graph/graph.ts";
import { isFloat } from "../../tensor/dtype.ts";
import { activationLayers } from "./layers/activations.ts";
import { shapeOf, type LayerTensor } from "./layers/layer-tensor.ts";
import type { LayerRecord } from "./records.ts";

type Names = readonly string[];

const byRank: Readonly<Record<number, Names>> = {
  0: [],
  1: ["batch"],
  2: ["batch", "feature"],
  3: ["batch", "token", "feature"],
  4: ["batch", "row", "column", "channel"],
  5: ["batch", "depth", "row", "column", "channel"],
};
const channelsFirst: Readonly<Record<number, Names>> = {
  3: ["batch", "channel", "place"],
  4: ["batch", "channel", "row", "column"],
  5: ["batch", "channel", "depth", "row", "column"],
};
const spatial =
  /^(Separable|Depthwise)?(Conv|MaxPool|AveragePool|AvgPool|AdaptiveMaxPool|AdaptiveAveragePool|UpSampling|ZeroPadding|Cropping|LocallyConnected)/;

const fallback = (rank: number): Names =>
  byRank[rank] ?? ["batch", ...Array.from({ length: rank - 1 }, (_, i) => `axis ${i + 1}`)];

/** What Keras means by the axes of a layer's output, in its own order. */
function namesOf(layer: LayerRecord, output: LayerTensor, inherited: Names | undefined): Names {
  const rank = shapeOf(output).length;
  if (spatial.test(layer.className)) {
    if (layer.config.raw("data_format") === "channels_first" && channelsFirst[rank]) return channelsFirst[rank];
    return rank === 3 ? ["batch", "place", "channel"] : fallback(rank);
  }
  return inherited?.length === rank && !rearranges.has(layer.className) ? inherited : fallback(rank);
}

const rearranges: ReadonlySet<string> = new Set([
  "Permute",
  "Reshape",
  "Dot",
  "Embedding",
  "LSTM",
  "GRU",
  "SimpleRNN",
  "RNN",
  "Bidirectional",
]);

/** The site of each layer's output: the layer's name, and `name#2` where it is called again. */
export class SiteRecorder {
  readonly #names = new Map<string, Names>();
  readonly #taken = new Set<string>();
  readonly sites: Site[] = [];

  /** Says what the axes of an input mean. */
  input({ value }: LayerTensor, names: Names = fallback(value.shape.length)): void {
    this.#names.set(value.name, names);
  }

  record(path: string, layer: LayerRecord, inputs: readonly LayerTensor[], outputs: readonly LayerTensor[]): void {
    outputs.forEach((output, i) => {
      const inherited = inputs
        .map(({ value }) => this.#names.get(value.name))
        .find((names) => names?.length === output.value.shape.length);
      const names = namesOf(layer, output, inherited);
      this.#names.set(output.value.name, names);
      // The same value under another name, as a dropout gives it, is no other site.
      if (!isFloat(output.value.dtype) || inputs.some(({ value }) => value.name === output.value.name)) return;
      const name = this.#unique(i === 0 ? path : `${path}:${i}`);
      this.sites.push({
        name,
        value: output.value.name,
        axes: output.channelsFirst ? [names[0]!, names.at(-1)!, ...names.slice(1, -1)] : names,
        role: layer.className,
        ...(activates(layer) && { activation: true as const }),
      });
    });
  }

  #unique(name: string): string {
    let candidate = name;
    for (let i = 2; this.#taken.has(candidate); i++) candidate = `${name}#${i}`;
    this.#taken.add(candidate);
    return candidate;
  }
}

const activates = ({ className, config }: LayerRecord): boolean =>
  Object.hasOwn(activationLayers, className) || (config.has("activation") && config.raw("activation") !== "linear");
