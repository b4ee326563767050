import { shellOf, shellWord } from "./shell-word.ts";

/** How questions are written on a command line. Panels copy commands that the terminal can parse. */

/** `netError` is written `--net-error`. */
export const flagName = (option: string): string => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Commands are copied on the machine where they were made, so its shell is the person's. */
const personsShell = typeof process === "undefined" ? "posix" : shellOf(process.platform, process.env["SHELL"]);

/** Quotes a word for the person's shell. */
export const quoteWord = (word: string): string => shellWord(word, personsShell);

/** `--name value`, or `--name=value` if the value looks like a flag. */
export const commandFlag = (option: string, value: string): string =>
  `--${flagName(option)}${value.startsWith("-") ? "=" : " "}${quoteWord(value)}`;

/** `--name` or `--no-name`. */
export const commandSwitch = (option: string, on: boolean): string => `--${on ? "" : "no-"}${flagName(option)}`;
