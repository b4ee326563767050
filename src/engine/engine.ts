import type { AnyAnalysis } from "../methods/analysis.ts";
import type { EngineSettings } from "../protocol/engine.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Asker } from "./ask/asker.ts";
import { engineServices, type EngineServices } from "./services.ts";

/** The engine in this process, without a channel. */
export interface Engine extends EngineServices {
  readonly asker: Asker;
}

/** @param analyses the available analyses; by default the whole table */
export function startEngine(
  settings: EngineSettings,
  runtime: Promise<Runtime>,
  analyses?: readonly AnyAnalysis[],
): Engine {
  const services = engineServices(settings, runtime, analyses);
  return { ...services, asker: new Asker(services) };
}
