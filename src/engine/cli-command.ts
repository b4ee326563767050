import type { RunParams } from "../protocol/engine.ts";
import type { Provenance } from "../protocol/result.ts";

/** The terminal command that gives the same bytes. */
export function cliCommand({ model, input }: RunParams, { method, target, options }: Provenance): string {
  const flags = Object.entries(options).map(([name, value]) => `--${name} ${quote(String(value))}`);
  const parts = ["glassbox explain", quote(model), quote("path" in input ? input.path : input.name), `--method ${method}`, ...(target === undefined ? [] : [`--target ${quote(target)}`]), ...flags];
  return parts.join(" ");
}

const quote = (word: string): string => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
