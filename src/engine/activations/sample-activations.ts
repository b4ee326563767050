import type { ActivationRequest, ActivationStore } from "../../methods/activation-store.ts";
import type { ModelSamples } from "../../methods/contexts.ts";
import type { RowSource } from "../../methods/network.ts";
import type { Curvature } from "../../methods/probing/curvature.ts";
import type { Features } from "../../methods/probing/design.ts";
import type { Counted } from "../../methods/traced.ts";
import type { Progress } from "../../protocol/result.ts";
import { hashBytes } from "../file-hash.ts";
import type { ActivationCache, ActivationFile } from "./activation-cache.ts";
import { collect } from "./collect.ts";
import type { Curvatures } from "./curvatures.ts";

/** Activations of one set of samples, cached on disk for later questions about them. */
export class SampleActivations<Rows extends Counted = RowSource> implements ActivationStore<Rows> {
  readonly #cache: ActivationCache;
  readonly #curvatures: Curvatures;
  readonly #samples: ModelSamples<Rows>;
  readonly #dependsOn: string;

  /** @param dependsOn what the numbers depend on in addition to the network's weights, the site and the pooling */
  constructor(
    kept: { readonly activations: ActivationCache; readonly curvatures: Curvatures },
    samples: ModelSamples<Rows>,
    dependsOn: string,
  ) {
    this.#cache = kept.activations;
    this.#curvatures = kept.curvatures;
    this.#samples = samples;
    this.#dependsOn = dependsOn;
  }

  featureCount({ network, site, pooling }: ActivationRequest<Rows>): number {
    return network ? network.featuresAt(site, pooling) : this.#samples.raw!.features;
  }

  collect(requests: readonly ActivationRequest<Rows>[]): AsyncGenerator<Progress> {
    const wanted = requests.map((request) => ({ ...request, file: this.#file(request) }));
    return collect(wanted, this.#samples, this.#cache);
  }

  read(request: ActivationRequest<Rows>): Features {
    const rows = this.#samples.rows.count;
    const file = this.#file(request);
    return { rows, columns: file.features, data: Float64Array.from(file.read(rows)) };
  }

  curvature(request: ActivationRequest<Rows>, rows: Int32Array, make: () => Promise<Curvature>): Promise<Curvature> {
    const rowsHash = hashBytes(new Uint8Array(rows.slice().buffer));
    return this.#curvatures.get(`${this.#file(request).key} ${rowsHash}`, make);
  }

  #file(request: ActivationRequest<Rows>): ActivationFile {
    const { network, site, pooling } = request;
    const key = hashBytes(
      JSON.stringify([this.#dependsOn, network?.identity ?? "input", network ? [site, pooling] : null]),
    );
    return this.#cache.open(key.slice(0, 40), this.featureCount(request));
  }
}
