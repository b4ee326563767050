/** A byte-order mark within a text is an ordinary character. */
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Decodes bytes as text. Incomplete characters are spelled as in SentencePiece's vocabularies, `<0xE2><0x82>`. */
export function textOfBytes(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = characterAt(bytes, at);
    text +=
      length === 0
        ? `<0x${bytes[at]!.toString(16).toUpperCase().padStart(2, "0")}>`
        : strict.decode(bytes.subarray(at, at + length));
    at += Math.max(1, length);
  }
  return text;
}

/** The number of bytes of the whole character that begins at `at`; 0 if there is none. */
function characterAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}
