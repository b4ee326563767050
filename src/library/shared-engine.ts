import { EngineClient } from "../client/engine-client.ts";
import type { EngineSettings } from "../protocol/engine.ts";

interface Shared {
  readonly engine: EngineClient;
  users: number;
}

/** Running engines by the JSON of their settings. */
const engines = new Map<string, Shared>();

/** One engine process for all models that are opened with equal settings; the last `release` ends it. */
export function shareEngine(settings: EngineSettings): { readonly engine: EngineClient; release(): void } {
  const key = JSON.stringify(settings);
  const shared = engines.get(key) ?? { engine: new EngineClient(() => settings), users: 0 };
  engines.set(key, shared);
  shared.users++;
  return {
    engine: shared.engine,
    release: () => {
      if (--shared.users > 0) return;
      engines.delete(key);
      shared.engine.stop();
    },
  };
}
