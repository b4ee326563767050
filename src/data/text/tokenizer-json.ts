import path from "node:path";
import { isFolder } from "../../files/look.ts";
import { readIfThere, textOf } from "../../files/read-whole.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { AddedToken, TokenizerJson } from "./definition.ts";
import type { Spelling } from "./surface.ts";
import type { SpecialToken, Tokenizer } from "./tokenizer.ts";
import { vocabularyTokenizer } from "./vocabulary-tokenizer.ts";

const maxFileBytes = 128 << 20;
/** A limit above every real vocabulary. An id becomes an index of an array, so a wild one must be rejected. */
const maxId = 1 << 20;
/** How much longer the normalizers may make a text. Real ones at most triple it. */
const maxGrowth = 1000;

/**
 * Loads the tokenizer of a Hugging Face model, given its folder or its tokenizer.json. Files next to that name the special
 * tokens: `tokenizer_config.json` by text, or else `config.json` by id.
 */
export function loadTokenizerJson(location: string): Tokenizer {
  const file = isFolder(location) ? path.join(location, "tokenizer.json") : location;
  const sibling = (name: string): unknown => readJson(path.join(path.dirname(file), name));
  try {
    const json = readJson(file);
    if (json === undefined) throw new GlassboxError("file", `there is no ${path.basename(file)}`, { where: file });
    return tokenizerFromJson(json, sibling("tokenizer_config.json"), sibling("config.json"));
  } catch (error) {
    if (!(error instanceof GlassboxError) || error.where !== undefined) throw error;
    throw new GlassboxError(error.kind, error.what, { where: file, hint: error.hint });
  }
}

/** A file of the folder, if it is there and is JSON. */
export function readJsonBeside(folder: string, name: string): unknown {
  const file = path.join(folder, name);
  try {
    return readJson(file);
  } catch (error) {
    if (error instanceof GlassboxError) return undefined;
    throw error;
  }
}

/** Undefined if there is no such file. */
function readJson(file: string): unknown {
  const bytes = readIfThere(file, maxFileBytes);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(textOf(bytes)) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new GlassboxError("file", `${path.basename(file)} is not valid JSON`, { where: file });
  }
}

/** Makes a tokenizer from the parsed files. */
export function tokenizerFromJson(tokenizer: unknown, tokenizerConfig?: unknown, modelConfig?: unknown): Tokenizer {
  const json = checked(tokenizer);
  const { before, after } = templateOf(json.post_processor);
  const [first, last] = [before[0], after.at(-1)];
  const bos =
    findToken(json, first ?? namedToken(tokenizerConfig, "bos_token")) ??
    numberedToken(json, modelConfig, "bos_token_id");
  const eos =
    findToken(json, last ?? namedToken(tokenizerConfig, "eos_token")) ??
    numberedToken(json, modelConfig, "eos_token_id");
  const reason =
    first === undefined
      ? "the template in tokenizer.json adds nothing at the beginning"
      : `the template in tokenizer.json begins with ${first}`;
  return vocabularyTokenizer({
    json: { ...json, post_processor: null },
    spelling: spellingOf(json),
    bos: { token: bos, byDefault: first !== undefined && bos !== undefined, reason, ...templateTokens(json, before) },
    eos: { token: eos, byDefault: last !== undefined && eos !== undefined, ...templateTokens(json, after) },
    notes: [],
  });
}

/** The tokens of a template; one that the vocabulary does not have is left out. */
function templateTokens(
  json: TokenizerJson,
  texts: readonly string[],
): { readonly template?: readonly SpecialToken[] } {
  const template = texts.flatMap((text) => findToken(json, text) ?? []);
  return template.length > 1 ? { template } : {};
}

interface Typed {
  readonly type?: unknown;
  readonly [field: string]: unknown;
}

const isObject = (value: unknown): value is Typed =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const invalid = (what: string): GlassboxError =>
  new GlassboxError("file", `this is not a valid tokenizer.json: ${what}`);

/** Validates what the library does not check itself, e.g. ids, which become indices of arrays. */
function checked(value: unknown): TokenizerJson {
  if (!isObject(value)) throw invalid("it is not an object");
  const {
    model,
    added_tokens: added = [],
    normalizer = null,
    pre_tokenizer = null,
    post_processor = null,
    decoder = null,
  } = value;
  if (!isObject(model)) throw invalid("it has no model");
  const { vocab, merges } = model;
  const ids: unknown[] = isObject(vocab) ? Object.values(vocab) : [];
  if (!isObject(vocab) && !(Array.isArray(vocab) && vocab.length <= maxId && vocab.every(isScored)))
    throw invalid("its vocabulary is not a table of entries");
  if (merges !== undefined && !(Array.isArray(merges) && merges.every(isMerge)))
    throw invalid("its merges are not pairs");
  if (Array.isArray(merges) && isObject(vocab))
    checkMerges(merges as readonly (string | readonly [string, string])[], vocab, model["continuing_subword_prefix"]);
  if (
    !Array.isArray(added) ||
    !added.every((token) => isObject(token) && typeof token["content"] === "string" && token["content"] !== "")
  ) {
    throw invalid("its added tokens have no content");
  }
  ids.push(...added.map((token: Typed) => token["id"]));
  if (!ids.every((id) => Number.isInteger(id) && (id as number) >= 0 && (id as number) < maxId))
    throw invalid("an id is not a small whole number");
  for (const part of [normalizer, pre_tokenizer, post_processor, decoder])
    if (part !== null && !isObject(part)) throw invalid("a part is not an object");
  for (const part of [normalizer, pre_tokenizer, decoder].flatMap((whole) => [...partsOf(whole)])) {
    if ("pattern" in part && !isPattern(part["pattern"]))
      throw invalid("a pattern is neither text nor a regular expression");
  }
  checkGrowth(normalizer);
  return {
    normalizer,
    pre_tokenizer,
    model,
    post_processor,
    decoder,
    added_tokens: added as AddedToken[],
  } as TokenizerJson;
}

/** Replacements in a row multiply: eight that turn a letter into ten make a hundred million of it. */
function checkGrowth(normalizer: unknown): void {
  const growth = [...partsOf(normalizer)].reduce((product, part) => product * growthOf(part), 1);
  if (growth > maxGrowth)
    throw new GlassboxError(
      "unsupported",
      "the normalizers of tokenizer.json make a text over a thousand times longer",
    );
}

function growthOf({ type, pattern, content }: Typed): number {
  if (type !== "Replace" || typeof content !== "string" || !isPattern(pattern)) return 1;
  const { String: text, Regex: source } = pattern as { readonly String?: string; readonly Regex?: string };
  if (text) return Math.max(1, content.length / text.length);
  return Math.max(1, content.length) + (source === undefined || matchesNothing(source) ? content.length : 0);
}

/** Whether an empty match is replaced between all letters. A pattern that cannot be read is refused later. */
function matchesNothing(source: string): boolean {
  try {
    return new RegExp(source, "u").test("");
  } catch {
    return false;
  }
}

/** A merge whose parts or result are not in the vocabulary would lose text. @throws with the first such merge */
function checkMerges(merges: readonly (string | readonly [string, string])[], vocab: Typed, prefix: unknown): void {
  const skipped = typeof prefix === "string" ? prefix.length : 0;
  for (const merge of merges) {
    const at = typeof merge === "string" ? merge.indexOf(" ", 1) : -1;
    const [left, right] = typeof merge === "string" ? [merge.slice(0, at), merge.slice(at + 1)] : merge;
    const missing = [left, right, left + right.slice(skipped)].find((part) => !Object.hasOwn(vocab, part));
    if (missing !== undefined)
      throw invalid(
        `its merge of ${JSON.stringify(left.slice(0, 40))} and ${JSON.stringify(right.slice(0, 40))} needs ${JSON.stringify(missing.slice(0, 80))}, which is not in the vocabulary`,
      );
  }
}

const isScored = (entry: unknown): boolean =>
  Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number";
const isMerge = (merge: unknown): boolean =>
  typeof merge === "string"
    ? merge.includes(" ")
    : Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === "string");

const isPattern = (pattern: unknown): boolean =>
  isObject(pattern) && (typeof pattern["Regex"] === "string" || typeof pattern["String"] === "string");

/** The parts of a component that may be single or a (nested) sequence. */
function* partsOf(part: unknown, depth = 0): Generator<Typed> {
  if (!isObject(part) || depth > 8) return;
  yield part;
  for (const key of ["processors", "pretokenizers", "normalizers", "decoders"]) {
    const inner = part[key];
    if (Array.isArray(inner)) for (const each of inner) yield* partsOf(each, depth + 1);
  }
}

/** The spelling of bytes in the vocabulary, inferred from the components that decode it. */
function spellingOf({ model, decoder, pre_tokenizer, normalizer }: TokenizerJson): Spelling {
  const types = new Set(
    [decoder, pre_tokenizer, normalizer].flatMap((part) => Array.from(partsOf(part), ({ type }) => type)),
  );
  const { type, byte_fallback: byteFallback } = model as Typed;
  if (types.has("ByteLevel")) return "byte-level";
  if (types.has("WordPiece") || type === "WordPiece") return "wordpiece";
  if (types.has("Metaspace") || type === "Unigram" || byteFallback === true) return "metaspace";
  return "plain";
}

/** All special tokens that are added before and after a text, in order. */
interface Template {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

function templateOf(postProcessor: object | null): Template {
  for (const part of partsOf(postProcessor)) {
    if (part.type === "TemplateProcessing" && Array.isArray(part["single"])) {
      const items: unknown[] = part["single"];
      const at = items.findIndex((item) => isObject(item) && "Sequence" in item);
      const specials = (some: readonly unknown[]): readonly string[] => some.flatMap((item) => specialOf(item) ?? []);
      return at < 0
        ? { before: [], after: [] }
        : { before: specials(items.slice(0, at)), after: specials(items.slice(at + 1)) };
    }
    if (part.type === "BertProcessing" || part.type === "RobertaProcessing") {
      const [before, after] = [part["cls"], part["sep"]].map((pair) =>
        Array.isArray(pair) && typeof pair[0] === "string" ? [pair[0]] : [],
      );
      return { before: before!, after: after! };
    }
  }
  return { before: [], after: [] };
}

function specialOf(item: unknown): string | undefined {
  const special = isObject(item) ? item["SpecialToken"] : undefined;
  return isObject(special) && typeof special["id"] === "string" ? special["id"] : undefined;
}

/** In tokenizer_config.json a special token is its text, or an object that contains it. */
function namedToken(config: unknown, key: string): string | undefined {
  const value = isObject(config) ? config[key] : undefined;
  const content = isObject(value) ? value["content"] : value;
  return typeof content === "string" ? content : undefined;
}

/** In config.json a special token is its id, or a list whose first element is used. */
function numberedToken({ added_tokens }: TokenizerJson, config: unknown, key: string): SpecialToken | undefined {
  const value = isObject(config) ? config[key] : undefined;
  const id: unknown = Array.isArray(value) ? value[0] : value;
  const token = added_tokens.find((each) => each.id === id);
  return token && { id: token.id, text: token.content };
}

function findToken({ added_tokens, model }: TokenizerJson, text: string | undefined): SpecialToken | undefined {
  if (text === undefined) return undefined;
  const { vocab } = model as Typed;
  const own = isObject(vocab) && Object.hasOwn(vocab, text) ? (vocab[text] as number) : undefined;
  const id = added_tokens.find(({ content }) => content === text)?.id ?? own;
  return id === undefined ? undefined : { id, text };
}
