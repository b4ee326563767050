import { INSPECTED_ENDINGS, MODEL_ENDINGS, MODEL_NAMES } from "../../protocol/model-files.ts";

/** Model files by what can be done with them. */
export const MODEL_FILES = {
  inspectModel: INSPECTED_ENDINGS,
  explain: MODEL_ENDINGS.picture,
  probeLayers: MODEL_ENDINGS.picture,
  openTextWorkbench: MODEL_ENDINGS.text,
  askAnalysis: [...new Set([...MODEL_ENDINGS.picture, ...MODEL_ENDINGS.text])],
} as const satisfies Record<string, readonly string[]>;

export type ModelUse = keyof typeof MODEL_FILES;

/** Whole names of model files, where an ending would be that of many other files. */
const NAMED_FILES: Readonly<Record<ModelUse, readonly string[]>> = {
  inspectModel: [...new Set([...MODEL_NAMES.picture, ...MODEL_NAMES.text])],
  explain: MODEL_NAMES.picture,
  probeLayers: MODEL_NAMES.picture,
  openTextWorkbench: MODEL_NAMES.text,
  askAnalysis: [...new Set([...MODEL_NAMES.picture, ...MODEL_NAMES.text])],
};

const escaped = (name: string): string => name.replaceAll(".", "\\.");

/**
 * True in menus on a file that a command is for. A regular expression, not a context key: a key is unset until the extension
 * has been activated, and nothing activates it before its first menu item is used.
 */
export const onModelFile = (use: ModelUse): string =>
  [
    `resourceExtname =~ /^(${MODEL_FILES[use].map(escaped).join("|")})$/i`,
    ...NAMED_FILES[use].map((name) => `resourceFilename =~ /^${escaped(name)}$/i`),
  ].join(" || ");

export const isFileFor = (use: ModelUse, path: string): boolean =>
  MODEL_FILES[use].some((ending) => path.toLowerCase().endsWith(ending)) ||
  NAMED_FILES[use].some((name) => path.toLowerCase().split(/[\\/]/).at(-1) === name);
