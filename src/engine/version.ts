import manifest from "../../package.json" with { type: "json" };

/** Results name the version that made them. */
export const version: string = manifest.version;
