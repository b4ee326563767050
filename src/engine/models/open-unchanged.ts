import { ChangedFile } from "../../files/changed-file.ts";
import { SeenFiles, seeFiles } from "../../files/seen-files.ts";
import type { OpenModel } from "./registry.ts";
import type { Opened } from "./opened.ts";

/** A training run that writes checkpoints is slower than this. */
const attempts = 8;
/** Longer than a tick of a file system's clock. */
const pauseMs = 60;

/**
 * Opens a model whose files stay the same meanwhile, all of them at once: what was read is one state that was on the disk, not the graph
 * of one and the weights or names of another. Begins again if a file changed, and says so if they keep changing.
 */
export async function openUnchanged(
  open: () => Promise<Opened<OpenModel>>,
): Promise<Opened<OpenModel> & { readonly seen: SeenFiles }> {
  for (let attempt = 1; ; attempt++) {
    const seen = new SeenFiles();
    const isLast = attempt === attempts;
    try {
      const opened = await seeFiles(seen, open);
      const changed = seen.changed();
      if (changed === undefined && (isLast || !seen.mayHaveChanged)) return { ...opened, seen };
      await opened.close();
      if (isLast) throw new ChangedFile(changed!);
    } catch (error) {
      // Half a file may be read while another program writes it.
      const isInFlux = error instanceof ChangedFile || seen.changed() !== undefined || seen.mayHaveChanged;
      if (isLast || !isInFlux) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
