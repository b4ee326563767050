import fs from "node:fs";
import path from "node:path";
import { GlassboxError } from "../../tensor/errors.ts";
import { fileSource, type ByteSource } from "../source.ts";

/**
 * Opens the file that a tensor's `location` names, which must lie in the model's own folder. A model
 * is somebody else's data: it may not point at other files of this computer, neither by an absolute
 * path nor by `..` nor through a link.
 */
export function openExternalData(folder: string, location: string): ByteSource {
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
  let file: string;
  let root: string;
  let regular: boolean;
  try {
    root = fs.realpathSync(folder);
    file = fs.realpathSync(named);
    // A pipe or a device would never end.
    regular = fs.statSync(file).isFile();
  } catch {
    throw refused("cannot be found", `Put the file beside the model: ${named}`);
  }
  const inside = path.relative(root, file);
  if (inside === "" || inside === ".." || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)) {
    throw refused(
      "is a link that leaves the model's folder",
      `${outside} Files in the Hugging Face cache are such links: copy the model out of it.`,
    );
  }
  if (!regular) throw refused("is not a file", damaged);
  return fileSource(file);
}

const outside = "Only files in the model's own folder are read.";
const damaged = "The model is damaged or was made to deceive.";
