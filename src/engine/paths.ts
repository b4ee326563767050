import path from "node:path";

/** As experiment files write a path: whole, with forward slashes. */
export const wholePath = (file: string): string => slashes(path.resolve(file));

/** Relative to a folder where both lie on one drive. */
export function relativePath(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  return path.isAbsolute(file) && !path.isAbsolute(relative) ? slashes(relative) : file;
}

const slashes = (file: string): string => file.split(path.sep).join("/");
