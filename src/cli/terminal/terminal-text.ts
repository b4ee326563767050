/**
 * The one door through which text reaches a terminal. Names, sentences and generated tokens come from files of strangers, and
 * a terminal obeys what it is sent: clear the screen, set the clipboard, rename the window, draw one name over another (CWE-150).
 */

/** C0 with delete, C1, line and paragraph separators, and what changes the direction of writing. */
const obeyed = /[\0-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** As JSON spells it, so that a document printed with it is still the same document. */
const spelled = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** One line: everything that a terminal would obey is spelled, line ends too, so that no name can write a line of its own. */
export const oneLine = (text: string): string => text.replace(obeyed, spelled);

/** Text of several lines: line ends and tabs stay. */
export const severalLines = (text: string): string =>
  text.replace(obeyed, (character) => (character === "\n" || character === "\t" ? character : spelled(character)));
