import path from "node:path";
import type { AnyAnalysis } from "../methods/analysis.ts";
import { analyses as all } from "../methods/table.ts";
import type { EngineSettings } from "../protocol/engine.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { ActivationCache } from "./activations/activation-cache.ts";
import { Curvatures } from "./activations/curvatures.ts";
import { LastDataset } from "./last-dataset.ts";
import { DiskStore } from "./kept/disk-store.ts";
import { NetworkVariants } from "./models/network-variants.ts";
import { PortableNetwork } from "./models/portable-network.ts";
import { ModelRegistry } from "./models/registry.ts";
import { PreprocessingChoices } from "./preprocessing-choice.ts";

/** The services that all parts of the engine share, created once per process. */
export interface EngineServices {
  /** All available analyses. */
  readonly analyses: readonly AnyAnalysis[];
  readonly settings: EngineSettings;
  readonly runtime: Promise<Runtime>;
  readonly models: ModelRegistry;
  /** Networks whose numbers are the same on every machine. */
  readonly portable: PortableNetwork;
  readonly preprocessing: PreprocessingChoices;
  /** Parts of answers that are reused by later runs, e.g. the points of a probe chart. */
  readonly parts: DiskStore<unknown>;
  readonly dataset: LastDataset;
  readonly activations: ActivationCache;
  readonly curvatures: Curvatures;
  readonly variants: NetworkVariants;
}

/** The share of the memory budget for Gram matrices and factors between questions. */
const curvatureShare = 0.25;

export function engineServices(
  settings: EngineSettings,
  runtime: Promise<Runtime>,
  analyses: readonly AnyAnalysis[] = all,
): EngineServices {
  return {
    analyses,
    settings,
    runtime,
    models: new ModelRegistry(settings, runtime),
    portable: new PortableNetwork(settings.memoryBudgetBytes),
    preprocessing: new PreprocessingChoices(settings.cacheFolder),
    parts: new DiskStore(path.join(settings.cacheFolder, "parts"), (_): _ is unknown => true),
    dataset: new LastDataset(settings.memoryBudgetBytes),
    activations: new ActivationCache(path.join(settings.cacheFolder, "activations")),
    curvatures: new Curvatures(settings.memoryBudgetBytes * curvatureShare),
    variants: new NetworkVariants(settings.memoryBudgetBytes),
  };
}
