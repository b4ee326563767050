import path from "node:path";
import { experimentOf } from "../../experiment/experiment-of.ts";
import { promptInput, type AskedPrompt } from "../../experiment/prompt-input.ts";
import type { RunParams } from "../../protocol/engine.ts";
import type { Preprocessing } from "../../protocol/model.ts";
import type { ProbeOptions } from "../../protocol/probing.ts";
import type { OptionValue, OptionValues, Provenance } from "../../protocol/result.ts";

/** The experiment file that asks the same, with whole paths. */
export const experimentText = (
  { model, input }: RunParams,
  { method, target, options }: Provenance,
  preprocessing: Preprocessing | undefined,
): string =>
  experimentOf({
    model: whole(model),
    input: "path" in input ? whole(input.path) : input.name,
    method,
    target,
    options,
    preprocessing,
  });

export const probeExperiment = (
  model: string,
  data: string,
  label: string,
  sites: readonly string[],
  options: ProbeOptions,
  preprocessing: Preprocessing | undefined,
): string =>
  experimentOf({
    model: whole(model),
    input: { data: slashes(data), label },
    method: "linear-probes",
    sites,
    options: { ...options },
    preprocessing,
  });

/** `undefined` where the prompts are of two kinds, which one input cannot be. Options that are empty are as if they were not there. */
export function promptExperiment(
  model: string,
  asked: AskedPrompt,
  method: string,
  options: Readonly<Record<string, OptionValue | undefined>>,
): string | undefined {
  const input = promptInput(asked);
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined && value !== ""),
  ) as OptionValues;
  return input && experimentOf({ model: whole(model), input, method, options: given });
}

/** Relative where both lie on one drive. */
export function relativePath(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  return path.isAbsolute(file) && !path.isAbsolute(relative) ? slashes(relative) : file;
}

const whole = (file: string): string => slashes(path.resolve(file));

const slashes = (file: string): string => file.split(path.sep).join("/");
