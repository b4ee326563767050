/** How lists stand in one text: the same in experiment files, in the terminal and in what a panel begins with. */

/** Names of sites hold no commas. */
export const siteNames = (text: string): readonly string[] =>
  text
    .split(",")
    .map((site) => site.trim())
    .filter((site) => site !== "");

/** Words and prompts hold commas and begin with spaces, so that they are kept apart by `|`; `\|` is a bar of the text itself, `\\` a backslash. */
export const readTexts = (text: string): readonly string[] =>
  (text.match(/(?:\\[\\|]|[^|])+/g) ?? []).map((each) => each.replace(/\\([\\|])/g, "$1"));

/** The same list, written. */
export const writeTexts = (texts: readonly string[]): string =>
  texts.map((text) => text.replace(/[\\|]/g, "\\$&")).join("|");
