import path from "node:path";

/** A path as experiment files write it: absolute, with forward slashes. */
export const wholePath = (file: string): string => slashes(path.resolve(file));

/** The path relative to a folder, if both are on the same drive. */
export function relativePath(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  return path.isAbsolute(file) && !path.isAbsolute(relative) ? slashes(relative) : file;
}

const slashes = (file: string): string => file.split(path.sep).join("/");
