import os from "node:os";
import path from "node:path";

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Undefined if the person has none. */
  readonly home: string | undefined;
}

const here = (): Surroundings => ({ env: process.env, platform: process.platform, home: homeFolder() });

/**
 * The system's cache folder. The panels and the terminal share it, so nothing is computed twice. Empty if there is none: the
 * engine then takes a temporary one. A variable that is empty, or not a whole path, counts as not set (XDG Base Directory
 * Specification, "must be absolute").
 */
export function cacheFolder({ env, platform, home }: Surroundings = here()): string {
  if (env.GLASSBOX_CACHE) return path.resolve(env.GLASSBOX_CACHE);
  if (platform === "win32") {
    const local = whole(env.LOCALAPPDATA) ?? (home && path.join(home, "AppData", "Local"));
    return local ? path.join(local, "glassbox") : "";
  }
  if (platform === "darwin") return home ? path.join(home, "Library", "Caches", "glassbox") : "";
  const caches = whole(env.XDG_CACHE_HOME) ?? (home && path.join(home, ".cache"));
  return caches ? path.join(caches, "glassbox", "engine") : "";
}

const whole = (folder: string | undefined): string | undefined =>
  folder !== undefined && path.isAbsolute(folder) ? folder : undefined;

/** In a container the user may have no entry in the list of users. */
function homeFolder(): string | undefined {
  try {
    return whole(os.homedir());
  } catch {
    return undefined;
  }
}
