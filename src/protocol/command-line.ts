/** How questions are written on a command line. Panels copy commands that the terminal can parse. */

/** `netError` is written `--net-error`. */
export const flagName = (option: string): string => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Quotes a word for a POSIX shell. */
export const quoteWord = (word: string): string =>
  /^[\w./:=@%+,#-]+$/.test(word) && !word.startsWith("#") ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** `--name value`, or `--name=value` if the value looks like a flag. */
export const commandFlag = (option: string, value: string): string =>
  `--${flagName(option)}${value.startsWith("-") ? "=" : " "}${quoteWord(value)}`;

/** `--name` or `--no-name`. */
export const commandSwitch = (option: string, on: boolean): string => `--${on ? "" : "no-"}${flagName(option)}`;
