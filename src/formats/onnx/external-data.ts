import path from "node:path";
import { ChangedFile } from "../../files/changed-file.ts";
import { isRegular, realPath } from "../../files/look.ts";
import { noteSeen } from "../../files/seen-files.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { weightsSource, type ByteSource } from "../source.ts";

/**
 * Opens the file that a tensor's `location` names, which must lie in the model's own folder. A model
 * is somebody else's data: it may not point at other files of this computer, neither by an absolute
 * path nor by `..` nor through a link.
 */
function openExternalData(folder: string, location: string): ByteSource {
  const parts = location.split(/[\\/]/);
  const refused = (what: string, hint: string): GlassboxError =>
    new GlassboxError("file", `the model's external data ${JSON.stringify(location.slice(0, 200))} ${what}`, {
      where: folder,
      hint,
    });
  if (location.includes("\0") || parts.every((part) => part === "" || part === "."))
    throw refused("is not a file's name", damaged);
  if (parts[0] === "" || /^[A-Za-z]:/.test(location)) throw refused("is an absolute path", outside);
  if (parts.includes("..")) throw refused("leaves the model's folder", outside);
  const named = path.join(folder, ...parts);
  const [root, file] = [realPath(folder), realPath(named)];
  if (root === undefined || file === undefined)
    throw refused("cannot be found", `Put the file beside the model: ${named}`);
  const inside = path.relative(root, file);
  const leaves = inside === "" || inside === ".." || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside);
  if (leaves && path.dirname(file) !== blobsOf(root))
    throw refused("is a link that leaves the model's folder", outside);
  if (!isRegular(file)) throw refused("is not a file", damaged);
  const source = weightsSource(file);
  // The name itself may be a link, which may lead to another file later.
  noteSeen(named, source.stamp!);
  return source;
}

/**
 * The one folder outside the model's that its links may lead into: the Hugging Face cache keeps a repository as
 * `models--<name>/snapshots/<revision>/…`, whose files are links into `models--<name>/blobs`.
 */
function blobsOf(root: string): string | undefined {
  const parts = root.split(path.sep);
  const at = parts.lastIndexOf("snapshots");
  if (!parts[at - 1]?.startsWith("models--") || parts.length < at + 2) return undefined;
  return [...parts.slice(0, at), "blobs"].join(path.sep);
}

/** A model's external data: each file stays the one that it was when it was opened first. */
export interface ExternalFiles {
  /** @throws ChangedFile if another file lies there now */
  open(location: string): ByteSource;
}

export function externalFiles(folder: string): ExternalFiles {
  const stamps = new Map<string, string | undefined>();
  return {
    open(location) {
      const source = openExternalData(folder, location);
      const before = stamps.get(location) ?? source.stamp;
      stamps.set(location, before);
      if (before === source.stamp) return source;
      source.close();
      throw new ChangedFile(source.name);
    },
  };
}

const outside = "Only files in the model's own folder are read.";
const damaged = "The model is damaged or was made to deceive.";
