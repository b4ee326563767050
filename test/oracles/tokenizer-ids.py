"""Ids and places of tokens by the Rust library `tokenizers`: SmolLM2's own vocabulary, and small ones of every kind trained here.
Ids by `sentencepiece` for a small BPE of its own with byte fallback, as Llama's.

usage: python test/oracles/tokenizer-ids.py [SMOLLM2.gguf] > test/oracles/tokenizer-ids.json
needs: pip install tokenizers==0.23.3 gguf==0.19.0 sentencepiece==0.2.3
Places are counted in UTF-16 units, as JavaScript counts.
"""

import io
import json
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TEXTS = [
    "The capital of France is",
    " leading and trailing ",
    "  two  spaces,   three\t\ttabs\n\n\nlines\r\nend  ",
    "I'll say it's what WE'RE DOING, they've said 'tis",
    "In 2024, 3.14159 and 1,000,000 or 007; x²+y³=½ ٣٤ Ⅷ",
    "naïve café Ångström ﬁne",
    "cafe\u0301 A\u030angstro\u0308m \u1100\u1161\u11a8",
    "日本語のテキスト、中文 한국어 ไทย हिन्दी",
    "🙂 👩‍👩‍👧 🇫🇷 e\u0301\u0323",
    "def f(x):\n    return x**2  # comment\n\tpass",
    "<|im_start|>user\nHi<|im_end|> a<|im_end|>",
    "zero\u200bwidth\u00a0nbsp\u3000wide\ufeffbom\u0085nel\u2028ls",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "----====----!!!???...",
    "don't DON'T Don’t",
    "a[MASK]b [MASK] <s>x</s>",
    "\x00\x01\x7f",
    "",
    " ",
    "\n",
]
CORPUS = [
    "The quick brown fox jumps over the lazy dog. The capital of France is Paris, and they've said it's 2024.",
    "def f(x):\n    return x\n", "naïve café, the theory of the thing; return the capital", "日本語 中文 한국어", "the the the and and is is of of",
] * 4

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace("{1,3}", "")


def byte_level(*splits):
    return pre_tokenizers.Sequence([*splits, pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=not splits)])


def split(pattern):
    return pre_tokenizers.Split(Regex(pattern), "isolated")


def train(tokenizer, trainer):
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def trained_byte_level(pre, normalizer=None, special=("<|endoftext|>",), ignore_merges=False):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pre
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    return train(tokenizer, trainers.BpeTrainer(vocab_size=340, special_tokens=list(special), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))


def small():
    yield "gpt-2", trained_byte_level(byte_level())
    llama3 = trained_byte_level(byte_level(split(LLAMA3)), special=("<|begin_of_text|>", "<|im_start|>", "<|im_end|>"), ignore_merges=True)
    llama3.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(
        single="<|begin_of_text|> $A", special_tokens=[("<|begin_of_text|>", llama3.token_to_id("<|begin_of_text|>"))])])
    yield "llama-3", llama3
    yield "qwen2", trained_byte_level(byte_level(split(QWEN2)), normalizers.NFC(), ("<|endoftext|>", "<|im_start|>", "<|im_end|>"))
    bert = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    bert.normalizer = normalizers.BertNormalizer(lowercase=True)
    bert.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    bert.decoder = decoders.WordPiece()
    train(bert, trainers.WordPieceTrainer(vocab_size=160, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
    bert.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[(t, bert.token_to_id(t)) for t in ("[CLS]", "[SEP]")])
    yield "bert", bert
    llama = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    llama.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    llama.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{b:02X}>" for b in range(256))]
    train(llama, trainers.BpeTrainer(vocab_size=380, special_tokens=tokens, max_token_length=8, limit_alphabet=60, show_progress=False))
    learnt = json.loads(llama.to_str())
    learnt["added_tokens"] = learnt["added_tokens"][:3]
    llama = Tokenizer.from_str(json.dumps(learnt))
    llama.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    yield "llama-2", llama
    unigram = Tokenizer(models.Unigram())
    unigram.normalizer = normalizers.NFKC()
    unigram.pre_tokenizer = pre_tokenizers.Metaspace()
    unigram.decoder = decoders.Metaspace()
    yield "unigram", train(unigram, trainers.UnigramTrainer(vocab_size=120, special_tokens=["<unk>", "</s>"], unk_token="<unk>", show_progress=False))


def smollm2(path):
    from gguf import GGUFReader

    fields = GGUFReader(path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    kinds = fields["tokenizer.ggml.token_type"].contents()
    merges = [tuple(merge.split(" ", 1)) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE(vocab={token: id for id, token in enumerate(tokens)}, merges=merges))
    # As in the model's own tokenizer.json.
    tokenizer.pre_tokenizer = byte_level(pre_tokenizers.Digits(individual_digits=True), split(GPT2))
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token, kind in zip(tokens, kinds) if kind == 3])
    return tokenizer


def sentencepiece_bpe():
    import sentencepiece

    file = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=file, model_type="bpe", vocab_size=380, byte_fallback=True, character_coverage=0.98,
        normalization_rule_name="identity", remove_extra_whitespaces=False, allow_whitespace_only_pieces=True, split_digits=True, minloglevel=2)
    processor = sentencepiece.SentencePieceProcessor(model_proto=file.getvalue())
    ids = range(processor.vocab_size())
    kind = lambda id: 2 if processor.is_unknown(id) else 3 if processor.is_control(id) else 6 if processor.is_byte(id) else 1
    return {
        "pieces": [processor.id_to_piece(id) for id in ids], "scores": [processor.get_score(id) for id in ids], "types": [kind(id) for id in ids],
        # A control token's name in a text is plain text to sentencepiece; and it reads no text beyond a zero byte.
        "expected": [{"text": text, "ids": processor.encode(text)} for text in TEXTS if "<s>" not in text and "\0" not in text],
    }


def utf16(text, end):
    return len(text[:end].encode("utf-16-le")) // 2


def expected(tokenizer):
    for text in TEXTS:
        encoding = tokenizer.encode(text, add_special_tokens=False)
        yield {"text": text, "ids": encoding.ids, "spans": [[utf16(text, start), utf16(text, end)] for start, end in encoding.offsets],
               "decoded": tokenizer.decode(encoding.ids, skip_special_tokens=False)}


json.dump({
    "source": "tokenizers 0.23.3 (Rust)",
    "small": [{"name": name, "tokenizer": json.loads(tokenizer.to_str()), "withSpecial": tokenizer.encode("the fox").ids, "expected": list(expected(tokenizer))} for name, tokenizer in small()],
    "sentencepiece": sentencepiece_bpe(),
    "smollm2": list(expected(smollm2(sys.argv[1]))) if len(sys.argv) > 1 else [],
}, sys.stdout, ensure_ascii=True, separators=(",", ":"))
print()
