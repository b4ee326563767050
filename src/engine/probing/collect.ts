import { collectActivations, featuresAt } from "../../methods/probing/activations.ts";
import type { FeatureSeries } from "../../methods/probing/probe-layers.ts";
import type { Network } from "../../methods/network.ts";
import type { ProbeOptions } from "../../protocol/probing.ts";
import type { Progress } from "../../protocol/result.ts";
import { hashBytes } from "../models/file-hash.ts";
import type { ActivationCache, ActivationFile } from "./activation-cache.ts";
import type { ModelSamples } from "./samples.ts";

/** One site of one network, or the input, with the file that its features are in. */
export interface Tap {
  readonly series: FeatureSeries;
  readonly site: string;
  readonly file: ActivationFile;
}

export interface TapWanted {
  readonly series: FeatureSeries;
  /** The trained network or its twin; the input has none. */
  readonly network: Network | undefined;
  readonly sites: readonly string[];
}

/** What else the numbers depend on, as text. */
export const tapsOf = (
  cache: ActivationCache,
  wanted: readonly TapWanted[],
  samples: ModelSamples,
  pooling: ProbeOptions["pooling"],
  provenance: string,
): Tap[] =>
  wanted.flatMap(({ series, network, sites }) =>
    sites.map((site): Tap => {
      const features = network ? featuresAt(network.graph, network.site(site).value, pooling) : samples.raw!.features;
      const key = hashBytes(
        JSON.stringify([provenance, network?.source.hash ?? "input", network ? [site, pooling] : null]),
      ).slice(0, 40);
      return { series, site, file: cache.open(key, features) };
    }),
  );

/** Fills the files of all taps, from where they end, all networks in step so that each sample is prepared once. */
export async function* collect(
  taps: readonly Tap[],
  wanted: readonly TapWanted[],
  samples: ModelSamples,
  pooling: ProbeOptions["pooling"],
  cache: ActivationCache,
): AsyncGenerator<Progress> {
  const { count } = samples.rows;
  const missing = taps.filter(({ file }) => file.rows < count);
  if (missing.length === 0) return;
  cache.makeRoom(
    taps.map(({ file }) => file),
    count,
  );
  // Whole micro-batches, so that an interrupted collection goes on in the same batches as an uninterrupted one.
  const step = Math.max(...wanted.map(({ network }) => network?.microBatch() ?? 1));
  const from = Math.floor(Math.min(...missing.map(({ file }) => file.rows)) / step) * step;
  const sweeps = wanted.flatMap(({ series, network }) => {
    const own = missing.filter((tap) => tap.series === series);
    return network && own.length > 0
      ? [
          {
            own,
            steps: collectActivations(
              network,
              own.map(({ site }) => network.site(site).value),
              pooling,
              samples.rows,
              from,
            ),
          },
        ]
      : [];
  });
  const raw = missing.find(({ series }) => series === "raw");
  const began = performance.now();
  for (let start = from; start < count; start += step) {
    const end = Math.min(count, start + step);
    for (const { own, steps } of sweeps) {
      for (let at = start; at < end;) {
        const { value, done } = await steps.next();
        if (done) break;
        own.forEach(({ file }, i) => file.write(value.start, value.features[i]!));
        at = value.start + value.count;
      }
    }
    if (raw) for (let row = start; row < end; row++) raw.file.write(row, samples.raw!.row(row));
    const left = ((performance.now() - began) / (end - from)) * (count - end);
    yield {
      done: end,
      total: count,
      note: `activations of ${end} of ${count} samples${end - from > 40 && left > 3000 ? `, about ${Math.round(left / 1000)} s left` : ""}`,
    };
  }
}
