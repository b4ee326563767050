/** How questions are spelled on a command line: what a panel copies, the terminal parses. */

/** `netError` is written `--net-error`. */
export const flagName = (option: string): string => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A word as a POSIX shell reads it back. */
export const quoteWord = (word: string): string =>
  /^[\w./:=@%+,#-]+$/.test(word) && !word.startsWith("#") ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** `--name value`, or `--name=value` where the value would be taken for a flag. */
export const commandFlag = (option: string, value: string): string =>
  `--${flagName(option)}${value.startsWith("-") ? "=" : " "}${quoteWord(value)}`;

/** `--name` or `--no-name`. */
export const commandSwitch = (option: string, on: boolean): string => `--${on ? "" : "no-"}${flagName(option)}`;
