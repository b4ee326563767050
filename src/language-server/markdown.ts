/**
 * The one door through which text of a file enters Markdown. Hovers are trusted, so a producer, a dimension or a name that was
 * taken as Markdown could fetch a picture from the network or place a link to a command.
 */

/** Line ends and other controls end a code span or begin a block; bidirectional controls make a name read as another. */
const controls = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** All ASCII punctuation: each means something to Markdown somewhere, and each may be escaped (CommonMark 0.31, section 2.4). */
const punctuation = /[!-/:-@[-`{-~]/g;

/** Text of a file that is read as it stands: no link, no picture, no icon, and no address that the editor would make a link. */
export const plain = (text: string): string => text.replace(controls, " ").replace(punctuation, "\\$&");

/** Text of a file as code: one span on one line. */
export function code(text: string): string {
  const line = text.replace(controls, " ");
  if (line.trim() === "") return "(no name)";
  const fence = "`".repeat(1 + Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)));
  return `${fence}${line.startsWith("`") || line.endsWith("`") ? ` ${line} ` : line}${fence}`;
}

type Command = "explainFile" | "openTextFile" | "visualizeUnit";

/** A command link; the client trusts hovers with these commands only. @param words our own, never a file's */
export const commandLink = (words: string, command: Command, argument: unknown): string =>
  `[${words}](command:glassbox.${command}?${encodedArgument(argument)})`;

/** `encodeURIComponent` leaves the brackets that would end the link. */
const encodedArgument = (argument: unknown): string =>
  encodeURIComponent(JSON.stringify([argument])).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
