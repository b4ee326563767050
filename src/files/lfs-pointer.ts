import path from "node:path";
import { GlassboxError } from "../tensor/errors.ts";

const beginning = "version https://git-lfs.github.com/spec/";
/** The specification allows fewer than this. */
export const mostPointerBytes = 1024;

/** Refuses the small text that Git leaves in place of a file that has not been downloaded. */
export function refuseLfsPointer(file: string, bytes: Uint8Array): void {
  if (
    bytes.length >= mostPointerBytes ||
    !new TextDecoder("latin1").decode(bytes.subarray(0, beginning.length)).startsWith(beginning)
  )
    return;
  throw new GlassboxError(
    "file",
    `${path.basename(file)} is a Git LFS pointer: the file itself has not been downloaded`,
    { where: file, hint: "Run `git lfs pull` in its repository, then open it again." },
  );
}
