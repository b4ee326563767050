/** How a byte-level BPE splits a text into words, within which it merges. The patterns are those of the models' tokenizer.json files. */
export interface WordSplit {
  /** The patterns are applied in order, each to the pieces of the previous one. */
  readonly patterns: readonly string[];
  /** Whether a word that is in the vocabulary becomes one token without merging. */
  readonly ignoreMerges?: boolean;
  readonly normalizer?: "NFC";
  /** Whether a text begins with the BOS token if the file does not specify it. */
  readonly addsBos?: boolean;
}

const contractions = "'s|'t|'re|'ve|'m|'ll|'d";
const gpt2: WordSplit = { patterns: [String.raw`${contractions}| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`] };
/** Splits off single digits, then splits as GPT-2. */
const singleDigits: WordSplit = { patterns: [String.raw`\p{N}`, ...gpt2.patterns] };
/** The pattern of tiktoken's cl100k: contractions in upper or lower case, at most `digits` digits together, line ends joined with the text before them. */
const cl100k = (digits: string): string =>
  String.raw`(?i:${contractions})|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const llama3: WordSplit = { patterns: [cl100k("{1,3}")], ignoreMerges: true, addsBos: true };
const qwen2: WordSplit = { patterns: [cl100k("")], normalizer: "NFC" };

/** Pre-tokenizers by GGUF's `tokenizer.ggml.pre`. */
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
