import fs from "node:fs";
import path from "node:path";

/** What transformers computes in float64 on a tiny checkpoint with random weights; tiny-transformers.py writes it. */
export interface TinyOracle {
  readonly tokens: readonly number[];
  readonly logits: Values;
  /** By their TransformerLens names. */
  readonly sites: Readonly<Record<string, Values>>;
  readonly greedy: readonly number[];
  readonly patching: TinyPatching;
}

interface Values {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface TinyPatching {
  readonly clean: readonly number[];
  readonly corrupted: readonly number[];
  readonly answer: number;
  readonly wrong: number;
  readonly cleanMetric: number;
  readonly corruptedMetric: number;
  /** [layer, position] */
  readonly grid: readonly (readonly number[])[];
  /** [layer, position] */
  readonly attribution: readonly (readonly number[])[];
}

export const tinyFolder = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "test", "oracles", "tiny");

export const tinyPath = (name: string): string => path.join(tinyFolder, name);

/** All checkpoints that have an oracle. */
export const tinyNames: readonly string[] = fs
  .readdirSync(tinyFolder)
  .filter((name) => fs.existsSync(path.join(tinyPath(name), "oracle.json")));

export const tinyOracle = (name: string): TinyOracle =>
  JSON.parse(fs.readFileSync(path.join(tinyPath(name), "oracle.json"), "utf8")) as TinyOracle;
