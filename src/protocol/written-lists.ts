/** Lists as one text: the same in experiment files, in the terminal and in panel intents. */

/** Site names, separated by commas. They contain none themselves. */
export const siteNames = (text: string): readonly string[] =>
  text
    .split(",")
    .map((site) => site.trim())
    .filter((site) => site !== "");

/**
 * Tokens and prompts may contain commas and begin with spaces, so they are separated by `|`. `\|` is a literal bar and
 * `\\` a backslash.
 */
export const readTexts = (text: string): readonly string[] =>
  (text.match(/(?:\\[\\|]|[^|])+/g) ?? []).map((each) => each.replace(/\\([\\|])/g, "$1"));

/** The inverse of `readTexts`. */
export const writeTexts = (texts: readonly string[]): string =>
  texts.map((text) => text.replace(/[\\|]/g, "\\$&")).join("|");
