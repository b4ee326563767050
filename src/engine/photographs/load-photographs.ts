import type { Preprocessing } from "../../protocol/model.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { loadInput, type LoadedInput } from "../inputs.ts";
import type { OpenNetwork } from "../models/open-network.ts";
import type { EngineServices } from "../services.ts";
import { photographFiles } from "./photograph-files.ts";

export interface Photograph extends LoadedInput {
  readonly path: string;
}

export interface LoadedPhotographs {
  /** At least one. */
  readonly photographs: readonly Photograph[];
  /** The number of pictures found, evaluated or not. */
  readonly found: number;
}

/**
 * Loads real pictures as model inputs, from a folder or from the samples. Unreadable files are skipped, but counted as
 * found.
 */
export async function loadPhotographs(
  services: EngineServices,
  model: OpenNetwork,
  folder: string | undefined,
  preprocessing: Preprocessing | undefined,
): Promise<LoadedPhotographs> {
  const photographs: Photograph[] = [];
  const { files, found } = photographFiles(folder);
  for (const path of files) {
    try {
      photographs.push({ ...(await loadInput(model, { path }, services, preprocessing)), path });
    } catch (error) {
      const unreadable = error instanceof GlassboxError && (error.kind === "input" || error.kind === "file");
      if (!(error instanceof GlassboxError) || (photographs.length === 0 && !unreadable)) throw error;
    }
  }
  if (photographs.length === 0)
    throw new GlassboxError("input", "no real picture could be read to compare with", {
      hint: "Give a folder of pictures.",
    });
  return { photographs, found };
}
