import manifest from "../../package.json" with { type: "json" };

/** The Glassbox version, which is recorded in every provenance. */
export const version: string = manifest.version;
