import path from "node:path";
import { experimentOf } from "../../experiment/experiment-of.ts";
import type { RunParams } from "../../protocol/engine.ts";
import type { Preprocessing } from "../../protocol/model.ts";
import type { Provenance } from "../../protocol/result.ts";

/** The experiment file that asks the same, with whole paths. */
export const experimentText = ({ model, input }: RunParams, { method, target, options }: Provenance, preprocessing: Preprocessing | undefined): string =>
  experimentOf({ model: slashes(path.resolve(model)), input: "path" in input ? slashes(path.resolve(input.path)) : input.name, method, target, options, preprocessing });

/** Relative where both lie on one drive. */
export function relativePath(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  return path.isAbsolute(file) && !path.isAbsolute(relative) ? slashes(relative) : file;
}

const slashes = (file: string): string => file.split(path.sep).join("/");
