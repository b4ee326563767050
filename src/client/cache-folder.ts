import os from "node:os";
import path from "node:path";

/** The system's cache folder. The panels and the terminal share it, so nothing is computed twice. */
export function cacheFolder(): string {
  if (process.env.GLASSBOX_CACHE) return process.env.GLASSBOX_CACHE;
  const home = os.homedir();
  if (process.platform === "win32")
    return path.join(process.env.LOCALAPPDATA ?? path.join(home, "AppData", "Local"), "glassbox");
  if (process.platform === "darwin") return path.join(home, "Library", "Caches", "glassbox");
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(home, ".cache"), "glassbox", "engine");
}
