import type { ActivationRequest } from "../../methods/activation-store.ts";
import type { ModelSamples } from "../../methods/contexts.ts";
import type { Counted, Traced } from "../../methods/traced.ts";
import type { Progress } from "../../protocol/result.ts";
import type { ActivationCache, ActivationFile } from "./activation-cache.ts";

/** Requested activations, with the file for their features. */
export interface Wanted<Rows extends Counted> extends ActivationRequest<Rows> {
  readonly file: ActivationFile;
}

/**
 * Fills the files of all requested activations from where they end. All networks run in lockstep, so that each sample
 * is prepared once.
 */
export async function* collect<Rows extends Counted>(
  wanted: readonly Wanted<Rows>[],
  { rows, raw }: ModelSamples<Rows>,
  cache: ActivationCache,
): AsyncGenerator<Progress> {
  const { count } = rows;
  const missing = wanted.filter(({ file }) => file.rows < count);
  if (missing.length === 0) return;
  cache.makeRoom(
    wanted.map(({ file }) => file),
    count,
  );
  // Whole micro-batches, so that a resumed collection uses the same batches as an uninterrupted one.
  const step = Math.max(...wanted.map(({ network }) => network?.microBatch() ?? 1));
  const from = Math.floor(Math.min(...missing.map(({ file }) => file.rows)) / step) * step;
  const passes = passesOf(missing).map(({ network, own }) => ({
    own,
    steps: network.pooled(
      rows,
      own.map(({ site }) => site),
      own[0]!.pooling,
      from,
    ),
  }));
  const input = missing.find(({ network }) => network === undefined);
  const began = performance.now();
  try {
    for (let start = from; start < count; start += step) {
      const end = Math.min(count, start + step);
      for (const { own, steps } of passes) {
        for (let at = start; at < end;) {
          const { value, done } = await steps.next();
          if (done) break;
          own.forEach(({ file }, i) => file.write(value.start, value.features[i]!));
          at = value.start + value.count;
        }
      }
      if (input) for (let row = start; row < end; row++) input.file.write(row, raw!.row(row));
      const left = ((performance.now() - began) / (end - from)) * (count - end);
      yield {
        done: end,
        total: count,
        note: `activations of ${end} of ${count} samples${end - from > 40 && left > 3000 ? `, about ${Math.round(left / 1000)} s left` : ""}`,
      };
    }
  } finally {
    // A stopped collection cancels its runs.
    for (const { steps } of passes) await steps.return(undefined);
  }
}

interface NetworkPass<Rows extends Counted> {
  readonly network: Traced<Rows>;
  readonly own: Wanted<Rows>[];
}

/** One pass over the samples for each network and pooling. */
function passesOf<Rows extends Counted>(missing: readonly Wanted<Rows>[]): readonly NetworkPass<Rows>[] {
  const passes: NetworkPass<Rows>[] = [];
  for (const each of missing) {
    if (each.network === undefined) continue;
    const known = passes.find(({ network, own }) => network === each.network && own[0]!.pooling === each.pooling);
    if (known) known.own.push(each);
    else passes.push({ network: each.network, own: [each] });
  }
  return passes;
}
