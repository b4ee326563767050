import { activation } from "./activation.ts";
import { attention } from "./attention.ts";
import type { Lowering, Lowerings } from "./context.ts";
import { control } from "./control.ts";
import { convolution } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { legacy } from "./legacy.ts";
import { loss } from "./loss.ts";
import { matrix } from "./matrix.ts";
import { microsoft } from "./microsoft.ts";
import { movement } from "./movement.ts";
import { normalization } from "./normalization.ts";
import { pooling } from "./pooling.ts";
import { quantization } from "./quantization.ts";
import { quantizedLayers } from "./quantized-layers.ts";
import { recurrentLayers } from "./recurrent.ts";
import { reduction } from "./reduction.ts";
import { sampling } from "./sampling.ts";
import { scans } from "./scan.ts";
import { sequences } from "./sequence.ts";
import { shapes } from "./shapes.ts";
import { signal } from "./signal.ts";

export const standardDomain = "";

/** Operator families by domain; what is in none of them is taken to be a core operator. */
const families: Readonly<Record<string, readonly Lowerings[]>> = {
  [standardDomain]: [
    activation,
    attention,
    control,
    convolution,
    elementwise,
    indexing,
    legacy,
    loss,
    matrix,
    movement,
    normalization,
    pooling,
    quantization,
    recurrentLayers,
    reduction,
    sampling,
    scans,
    sequences,
    shapes,
    signal,
  ],
  "com.microsoft": [microsoft, quantizedLayers],
};

const table: ReadonlyMap<string, Lowering> = new Map(
  Object.entries(families).flatMap(([domain, lowerings]) =>
    lowerings.flatMap((family) =>
      Object.entries(family).map(
        ([op, entry]) =>
          [`${domain}:${op}`, typeof entry === "function" ? { lower: entry, fallback: false } : entry] as const,
      ),
    ),
  ),
);

export const loweringOf = (domain: string, op: string): Lowering | undefined => table.get(`${domain}:${op}`);
