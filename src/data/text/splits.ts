/** How a byte-level BPE cuts a text into words before it merges inside them. Patterns as the models' own tokenizer.json files have them. */
export interface WordSplit {
  /** Applied one after another, each to the pieces that the one before it left. */
  readonly patterns: readonly string[];
  /** A word that is in the vocabulary as a whole is not built from merges. */
  readonly ignoreMerges?: boolean;
  readonly normalizer?: "NFC";
  /** Where the file does not say whether to begin with the BOS token. */
  readonly addsBos?: boolean;
}

const contractions = "'s|'t|'re|'ve|'m|'ll|'d";
const gpt2: WordSplit = { patterns: [String.raw`${contractions}| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`] };
/** Digits one by one, then as GPT-2. */
const singleDigits: WordSplit = { patterns: [String.raw`\p{N}`, ...gpt2.patterns] };
/** Tiktoken's cl100k shape: contractions in any case, at most `digits` digits together, line ends with what is before them. */
const cl100k = (digits: string): string =>
  String.raw`(?i:${contractions})|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const llama3: WordSplit = { patterns: [cl100k("{1,3}")], ignoreMerges: true, addsBos: true };
const qwen2: WordSplit = { patterns: [cl100k("")], normalizer: "NFC" };

/** By GGUF's `tokenizer.ggml.pre`. */
export const wordSplits: ReadonlyMap<string, WordSplit> = new Map([
  ["gpt-2", gpt2],
  ["gpt2", gpt2],
  ["phi-2", gpt2],
  ["olmo", gpt2],
  ["smollm", singleDigits],
  ["starcoder", singleDigits],
  ["refact", singleDigits],
  ["command-r", singleDigits],
  ["codeshell", singleDigits],
  ["exaone", singleDigits],
  ["llama3", llama3],
  ["llama-v3", llama3],
  ["llama-bpe", llama3],
  ["falcon3", llama3],
  ["dbrx", { patterns: llama3.patterns }],
  ["smaug-bpe", { patterns: llama3.patterns }],
  ["qwen2", qwen2],
  ["deepseek-r1-qwen", qwen2],
]);
