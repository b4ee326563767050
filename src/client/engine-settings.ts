import path from "node:path";
import type { EngineSettings } from "../protocol/engine.ts";
import { executionProviders } from "../protocol/execution-provider.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { cacheFolder } from "./cache-folder.ts";

const runtimes = ["onnxruntime", "tensorflow", "reference"] as const;
const weightKinds = ["auto", "float32", "float16"] as const;

/** The engine settings that a person may choose, as written. Unset means the default. */
export interface EngineChoices {
  /** Gigabytes, from 0.25 to 1024. */
  readonly memory?: number | string | undefined;
  readonly runtime?: string | undefined;
  readonly provider?: string | undefined;
  readonly weights?: string | undefined;
  /** The folder for weights, results and remembered choices. */
  readonly cache?: string | undefined;
}

/** Parses the chosen settings. Throws a GlassboxError for an invalid choice. */
export function engineSettings({ memory = 2, runtime, provider, weights, cache }: EngineChoices): EngineSettings {
  const gigabytes = Number(memory);
  if (!(gigabytes >= 0.25 && gigabytes <= 1024))
    throw new GlassboxError("option", `memory is ${memory}`, {
      hint: "It must be a number of gigabytes from 0.25 to 1024.",
    });
  return {
    cacheFolder: cache === undefined ? cacheFolder() : path.resolve(cache),
    memoryBudgetBytes: Math.round(gigabytes * 2 ** 30),
    runtime: chosen("runtime", runtime, runtimes),
    provider: chosen("provider", provider, executionProviders),
    weights: chosen("weights", weights, weightKinds),
  };
}

/** The first is the default. */
function chosen<Choice extends string>(
  name: string,
  text: string | undefined,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const choice = text === undefined ? choices[0] : choices.find((each) => each === text);
  if (choice !== undefined) return choice;
  throw new GlassboxError("option", `${name} is ${text}`, { hint: `It must be one of: ${choices.join(", ")}.` });
}
