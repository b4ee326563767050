/**
 * How the entries of a vocabulary spell bytes.
 * - `byte-level` (GPT-2): one printable character per byte, so that any byte can appear in a text file
 * - `metaspace` (SentencePiece): text with ▁ for a space, and `<0x0A>` for a byte without its own entry
 * - `wordpiece` (BERT): text, with ## before the continuation of a word
 * - `plain`: the text itself
 */
export type Spelling = "byte-level" | "metaspace" | "wordpiece" | "plain";

const utf8 = new TextEncoder();

/** GPT-2's table: printable Latin-1 characters represent themselves; the other bytes are U+0100 and up, in order. */
export const byteOfCharacter: ReadonlyMap<string, number> = makeByteTable();

function makeByteTable(): Map<string, number> {
  const table = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    table.set(String.fromCharCode(printable ? byte : next++), byte);
  }
  return table;
}

/** The bytes that a vocabulary entry represents. */
export function bytesOfEntry(entry: string, spelling: Spelling): Uint8Array {
  switch (spelling) {
    case "byte-level": {
      const bytes = Array.from(entry, (character) => byteOfCharacter.get(character));
      // An entry with characters outside the table was added later and represents its own text.
      return bytes.includes(undefined) ? utf8.encode(entry) : Uint8Array.from(bytes as number[]);
    }
    case "metaspace": {
      const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(entry);
      return byte ? Uint8Array.of(Number.parseInt(byte[1]!, 16)) : utf8.encode(entry.replaceAll("▁", " "));
    }
    case "wordpiece":
      return utf8.encode(entry.startsWith("##") ? entry.slice(2) : entry);
    case "plain":
      return utf8.encode(entry);
  }
}
