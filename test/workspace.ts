import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export interface WorkspaceContent {
  /** A folder of the repository whose content it starts with, e.g. "samples". */
  readonly from?: string;
  /** Files to add, by path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** A folder of its own for the tests of a file, which may change it. */
export function makeWorkspace({ from, files = {} }: WorkspaceContent): string {
  const workspace = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-workspace-"));
  if (from) fs.cpSync(path.join(process.env.GLASSBOX_ROOT!, from), workspace, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    fs.writeFileSync(path.join(workspace, name), content);
  }
  return workspace;
}
