import path from "node:path";
import type { EngineSettings } from "../protocol/engine.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { DiskStore } from "./kept/disk-store.ts";
import { PortableNetwork } from "./models/portable-network.ts";
import { ModelRegistry } from "./models/registry.ts";
import { PreprocessingChoices } from "./preprocessing-choice.ts";

/** What all parts of the engine share: made once for a process. */
export interface EngineServices {
  readonly settings: EngineSettings;
  readonly runtime: Promise<Runtime>;
  readonly models: ModelRegistry;
  /** Networks whose numbers are the same on every machine. */
  readonly portable: PortableNetwork;
  readonly preprocessing: PreprocessingChoices;
  /** Parts of answers that outlive a run, e.g. the points of a probe chart. */
  readonly parts: DiskStore<unknown>;
}

export function engineServices(settings: EngineSettings, runtime: Promise<Runtime>): EngineServices {
  return {
    settings,
    runtime,
    models: new ModelRegistry(settings, runtime),
    portable: new PortableNetwork(settings.memoryBudgetBytes),
    preprocessing: new PreprocessingChoices(settings.cacheFolder),
    parts: new DiskStore(path.join(settings.cacheFolder, "parts")),
  };
}
