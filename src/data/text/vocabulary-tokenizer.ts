import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { GlassboxError, messageOf } from "../../tensor/errors.ts";
import { bounded, TookTooLong } from "./bounded.ts";
import { alignTokens, type TextChange } from "./align.ts";
import { textOfBytes } from "./bytes-text.ts";
import type { TokenizerDefinition } from "./definition.ts";
import { bytesOfEntry, type Spelling } from "./surface.ts";
import type { EncodeOptions, Token, Tokenizer } from "./tokenizer.ts";

const utf8 = new TextEncoder();
/** A byte-order mark within a text is an ordinary character. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * How long the patterns of a tokenizer may take, in milliseconds: for any text, and for each of its characters. Ordinary
 * patterns take a few microseconds a character.
 */
export interface Patience {
  readonly once: number;
  readonly each: number;
}

/**
 * A tokenizer that splits with @huggingface/tokenizers and adds bytes, spans and special tokens to the library's ids. The
 * patterns that split come from a file of strangers, so they run only for as long as `patience` allows.
 */
export function vocabularyTokenizer(
  definition: TokenizerDefinition,
  patience: Patience = { once: 3000, each: 0.05 },
): Tokenizer {
  const { json, spelling, bos, eos, notes } = definition;
  const library = construct(definition);
  const added = new Map(json.added_tokens.map((token) => [token.id, token]));
  const entries: readonly (string | undefined)[] = definition.entries ?? library.model?.vocab ?? [];
  const [firstSection, laterSection] = inTime(0, () =>
    explained(() => [changeOf(library, spelling, 0), changeOf(library, spelling, 1)] as const),
  );

  const bytesOf = (id: number): Uint8Array => {
    const content = added.get(id)?.content;
    return content === undefined ? bytesOfEntry(entries[id]!, spelling) : utf8.encode(content);
  };

  const token = (id: number, span: Span): Token => {
    const bytes = bytesOf(id);
    return { id, bytes, text: textOfBytes(bytes), ...span, special: added.get(id)?.special ?? false };
  };

  function inTime<T>(characters: number, work: () => T): T {
    try {
      return bounded(work, Math.ceil(patience.once + patience.each * characters));
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error;
      throw new GlassboxError("unsupported", "the tokenizer's patterns take too long on this text", {
        hint: "A pattern in tokenizer.json backtracks without end. Give the prompt as token ids.",
      });
    }
  }

  function encode(text: string, { addBos = bos.byDefault, addEos = eos.byDefault }: EncodeOptions = {}): Token[] {
    if (addBos && bos.token === undefined)
      throw new GlassboxError("option", "this model has no beginning-of-sequence token");
    if (addEos && eos.token === undefined) throw new GlassboxError("option", "this model has no end-of-sequence token");
    const { ids, spans } = inTime(text.length, () => split(text));
    const tokens = ids.map((id, i) => token(id, spans[i]!));
    const added = ({ token: one, template = [one!] }: typeof eos, at: number): Token[] =>
      template.map(({ id }) => token(id, { start: at, end: at }));
    if (addBos) tokens.unshift(...added(bos, 0));
    if (addEos) tokens.push(...added(eos, text.length));
    return tokens;
  }

  function split(text: string): { readonly ids: readonly number[]; readonly spans: readonly Span[] } {
    const ids = text === "" ? [] : cut(library, text);
    if (ids.some((id) => id === undefined || entries[id] === undefined)) {
      throw new GlassboxError(
        "unsupported",
        "a part of this text is not in the vocabulary, and the vocabulary has no token for unknown text",
      );
    }
    return { ids, spans: spansOf(text, ids) };
  }

  /** Added tokens appear in the text literally and are split off before normalization, so the parts between them are aligned separately. */
  function spansOf(text: string, ids: readonly number[]): Span[] {
    const spans: Span[] = [];
    let sectionStart = 0;
    let section: number[] = [];
    const finish = (end: number): void => {
      const bytes = section.map((id) => (id === unknownId ? undefined : bytesOf(id)));
      for (const { start, end: stop } of alignTokens(
        text.slice(sectionStart, end),
        bytes,
        sectionStart === 0 ? firstSection : laterSection,
      )) {
        spans.push({ start: start + sectionStart, end: stop + sectionStart });
      }
      section = [];
    };
    for (const id of ids) {
      const content = id === unknownId ? undefined : added.get(id)?.content;
      const at = content ? text.indexOf(content, sectionStart) : -1;
      if (at < 0) section.push(id);
      else {
        finish(at);
        sectionStart = at + content!.length;
        spans.push({ start: at, end: sectionStart });
      }
    }
    finish(text.length);
    return spans;
  }

  const unknownId = library.model?.unk_token_id;

  return {
    vocabularySize: entries.length,
    bosPolicy: bos,
    eos: eos.token,
    eosByDefault: eos.byDefault,
    notes,
    encode,
    decode(ids) {
      for (const id of ids) if (entries[id] === undefined) throw new GlassboxError("input", `there is no token ${id}`);
      if (ids.length === 0) return "";
      if (spelling === "wordpiece" || spelling === "plain")
        return inTime(ids.length, () =>
          explained(() => library.decode([...ids], { clean_up_tokenization_spaces: false })),
        );
      const text = decoder.decode(concatenate(ids.map(bytesOf)));
      return spelling === "metaspace" && text.startsWith(" ") && firstSection.spaceBefore.letter ? text.slice(1) : text;
    },
    tokenText: (id) => (entries[id] === undefined ? undefined : textOfBytes(bytesOf(id))),
    tokenBytes: (id) => (entries[id] === undefined ? undefined : bytesOf(id)),
  };
}

function construct({ json }: TokenizerDefinition): HuggingFaceTokenizer {
  return explained(() => new HuggingFaceTokenizer(json, { clean_up_tokenization_spaces: false }));
}

const cut = (library: HuggingFaceTokenizer, text: string): readonly number[] =>
  explained(() => library.encode(text, { add_special_tokens: false }).ids);

/** The library reports unsupported tokenizers when it is constructed or first used, with errors of any class. */
function explained<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw new GlassboxError("unsupported", `this tokenizer cannot be used: ${messageOf(error)}`);
  }
}

/** How the library changes a section of a text (between special tokens) before it looks up words. It is determined by experiment. */
function changeOf(library: HuggingFaceTokenizer, spelling: Spelling, section: number): TextChange {
  const { normalizer, pre_tokenizer: preTokenizer } = library;
  const changed = (text: string): string => {
    const normalized = normalizer?.normalize(text) ?? text;
    return preTokenizer?.(normalized, { section_index: section }).join("") ?? normalized;
  };
  const prepended = normalizer?.normalize("a").startsWith("▁") ? 1 : 0;
  return {
    normalize(text) {
      const normalized = normalizer?.normalize(text).slice(prepended) ?? text;
      return spelling === "metaspace" ? normalized.replaceAll("▁", " ") : normalized;
    },
    spaceBefore: { letter: /^[▁Ġ]/.test(changed("a")), space: /^[▁Ġ]{2}/.test(changed(" a")) },
    unknownIsWord: spelling === "wordpiece",
  };
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
