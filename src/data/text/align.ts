/** A half-open range of characters (UTF-16 units). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const utf8 = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const space = 0x20;

/** How a tokenizer changes a text before it splits it. */
export interface TextChange {
  /** Normalizes one character cluster. */
  readonly normalize: (text: string) => string;
  /** Whether a space is prepended to a text that begins with a letter, or with a space. */
  readonly spaceBefore: { readonly letter: boolean; readonly space: boolean };
  /** Whether an unknown token stands for a whole word (as in BERT) or for any run of characters. */
  readonly unknownIsWord: boolean;
}

/** After an omitted or unknown part, the next token is searched for within this many bytes. */
const farthest = 4096;

/**
 * Finds the characters of `text` that each token covers. Tokenizers change a text before they split it (they compose
 * accents, fold case, prepend a space) and may omit parts; `change` describes this. Tokens are matched to the changed text
 * byte by byte, in order, and each byte keeps the range of characters that it came from. `undefined` is an unknown token:
 * it covers everything before the next token that matches. Several unknown tokens in a row cover one word each, or all of
 * it. A prepended space covers nothing.
 */
export function alignTokens(text: string, tokens: readonly (Uint8Array | undefined)[], change: TextChange): Span[] {
  const { bytes, origins } = bytesWithOrigin(text, change);
  const startOf = (byte: number): number => origins[byte]?.start ?? text.length;
  const spanOf = (from: number, to: number): Span => ({
    start: startOf(from),
    end: to > from ? origins[to - 1]!.end : startOf(from),
  });
  const spans: Span[] = [];
  let unknown: number[] = [];
  let at = 0;
  const coverUnknown = (end: number): void => {
    if (unknown.length === 0) return;
    const parts = divide(bytes, at, end);
    const whole = { from: parts[0]?.from ?? at, to: parts.at(-1)?.to ?? end };
    unknown.forEach((index, i) => {
      const { from, to } = parts.length === unknown.length ? parts[i]! : whole;
      spans[index] = spanOf(from, to);
    });
    unknown = [];
  };
  for (const token of tokens) {
    const found = token && find(bytes, token, change.unknownIsWord ? afterWords(bytes, at, unknown.length) : at);
    if (found === undefined) {
      if (token === undefined) unknown.push(spans.length);
      spans.push(spanOf(at, at));
    } else {
      coverUnknown(found.from);
      spans.push(spanOf(found.from, found.to));
      at = found.to;
    }
  }
  coverUnknown(bytes.length);
  return spans;
}

/** Words as BERT splits them: punctuation and Chinese characters are single words, the rest is split at white space. */
const words = /[\p{P}$+<=>^`|~\p{Script=Han}]|[^\s\p{P}$+<=>^`|~\p{Script=Han}]+/gu;

interface ByteRange {
  readonly from: number;
  readonly to: number;
}

const afterWords = (bytes: Uint8Array, at: number, count: number): number =>
  count === 0 ? at : (divide(bytes, at, bytes.length)[count - 1]?.to ?? at);

/** The byte ranges of the words in a range of bytes. */
function divide(bytes: Uint8Array, from: number, to: number): ByteRange[] {
  const text = decoder.decode(bytes.subarray(from, Math.min(to, from + farthest)));
  const byteAt = (index: number): number => from + utf8.encode(text.slice(0, index)).length;
  return Array.from(text.matchAll(words), ({ index, 0: word }) => ({
    from: byteAt(index),
    to: byteAt(index + word.length),
  }));
}

function find(bytes: Uint8Array, token: Uint8Array, at: number): ByteRange | undefined {
  for (let from = at; from + token.length <= bytes.length && from - at <= farthest; from++) {
    if (matches(bytes, token, from)) return { from, to: from + token.length };
  }
  return undefined;
}

function matches(bytes: Uint8Array, token: Uint8Array, from: number): boolean {
  if (from + token.length > bytes.length) return false;
  for (let i = 0; i < token.length; i++) if (bytes[from + i] !== token[i]) return false;
  return true;
}

/** Clusters that may compose to one character: a base with its marks, or a Hangul syllable of up to three letters. */
const clusters = /[\u1100-\u115f]+[\u1160-\u11a7]*[\u11a8-\u11ff]*\p{M}*|[^]\p{M}*/gu;

/** The bytes of the changed text, computed cluster by cluster, and the characters that each byte came from. */
function bytesWithOrigin(text: string, { normalize, spaceBefore }: TextChange): { bytes: Uint8Array; origins: Span[] } {
  const isChanged = normalize(text) !== text;
  const origins: Span[] = [];
  const bytes: number[] = [];
  let start = 0;
  for (const part of isChanged ? (text.match(clusters) ?? []) : text) {
    const origin = { start, end: start + part.length };
    for (const byte of utf8.encode(isChanged ? normalize(part) : part)) {
      bytes.push(byte);
      origins.push(origin);
    }
    start = origin.end;
  }
  if (bytes.length > 0 && (bytes[0] === space ? spaceBefore.space : spaceBefore.letter)) {
    bytes.unshift(space);
    origins.unshift({ start: 0, end: 0 });
  }
  return { bytes: Uint8Array.from(bytes), origins };
}
