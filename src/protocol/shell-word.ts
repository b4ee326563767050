/** How one word is quoted for the shell into which a command is pasted. */

export type Shell = "posix" | "fish" | "powershell";

/** The shell of the person, as far as their environment says. */
export const shellOf = (platform: string, shell: string | undefined): Shell =>
  platform === "win32" ? "powershell" : /(^|\/)fish$/.test(shell ?? "") ? "fish" : "posix";

/** What a terminal acts on even inside quotes, such as Ctrl+C and the end of a paste, and what shows one name as another. */
const control = /[\0-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** No POSIX shell reads anything into these words; zsh reads a leading `=`, and some a leading `%`. */
const bare = /^[\w./:@+,-][\w./:=@%+,#-]*$/;

export function shellWord(word: string, shell: Shell): string {
  if (shell === "powershell") return powershell(word);
  if (bare.test(word)) return word;
  return shell === "fish" ? fish(word) : posix(word);
}

/** Single quotes hold everything but themselves. Bash, zsh and POSIX 2024 spell bytes in `$'…'`. */
function posix(word: string): string {
  if (!control.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  return `$'${spell(word.replace(/[\\']/g, "\\$&"), (byte) => `\\x${byte}`)}'`;
}

/** Within single quotes fish unescapes backslashes and quotes; bytes are spelled between quoted parts. */
const fish = (word: string): string => `'${spell(word.replace(/[\\']/g, "\\$&"), (byte) => `'\\X${byte}'`)}'`;

/** The controls as their UTF-8 bytes, which every version of these shells can spell. */
const spell = (text: string, byte: (hex: string) => string): string =>
  text.replace(new RegExp(control.source, "g"), (character) =>
    [...new TextEncoder().encode(character)].map((each) => byte(each.toString(16).padStart(2, "0"))).join(""),
  );

/**
 * PowerShell takes typographic quotes for quotes, and its single quotes hold the rest. Words with no sign that either PowerShell or
 * cmd.exe reads are put in double quotes, which both understand. Controls are computed, since version 5 cannot spell them.
 */
function powershell(word: string): string {
  if (/^[\w./:=\\+-]+$/.test(word)) return word;
  if (/^[^"$`%!^&|<>'\u2018-\u201e\0-\x1f]+$/.test(word) && !control.test(word) && !word.endsWith("\\"))
    return `"${word}"`;
  if (!control.test(word)) return `'${word.replace(/['\u2018-\u201b]/g, "$&$&")}'`;
  const escaped = word.replace(/[`$"\u201c-\u201e]/g, "`$&");
  return `"${escaped.replace(new RegExp(control.source, "g"), (character) => `$([char]${character.charCodeAt(0)})`)}"`;
}
