"""GGUF twins of the tiny Llama checkpoints, by the Python package `gguf`: same weights, named and ordered as llama.cpp's converter does.

    python test/oracles/tiny-gguf.py       (needs gguf==0.19.0, safetensors, torch, numpy; reads tiny/*, writes tiny/*.gguf)

Query and key rows are permuted as `LlamaModel.permute` of llama.cpp's convert_hf_to_gguf.py does it, weights and biases alike, and
Llama 3.1's scaled frequencies become `rope_freqs.weight`, one factor a pair, as its `generate_extra_tensors` writes them. Both are
retyped here from those functions. The tokenizer is of SentencePiece's kind, with as many pieces as the model has words.
"""

import json
import math
from pathlib import Path

import numpy as np
from gguf import GGUFWriter, TokenType
from safetensors.torch import load_file

TINY = Path(__file__).resolve().parent / "tiny"

PARTS = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
         "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
         "mlp.down_proj": "ffn_down"}
OUTSIDE = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight", "lm_head.weight": "output.weight"}


def permute(weights, heads):
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def renamed(name):
    if name in OUTSIDE:
        return OUTSIDE[name]
    _, _, layer, rest = name.split(".", 3)
    part, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{PARTS[part]}.{kind}"


def rope_factors(rope, theta, width):
    factors = []
    low, high, factor, context = (rope[k] for k in ("low_freq_factor", "high_freq_factor", "factor", "original_max_position_embeddings"))
    for i in range(0, width, 2):
        wavelength = 2 * math.pi * theta ** (i / width)
        if wavelength < context / high:
            factors.append(1.0)
        elif wavelength > context / low:
            factors.append(factor)
        else:
            smooth = (context / wavelength - low) / (high - low)
            factors.append(1 / ((1 - smooth) / factor + smooth))
    return np.array(factors, dtype=np.float32)


def pieces(count):
    words = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in (0x0A, 0xE2, 0x82, 0xAC)), "▁", *"abcdefghijklmnopqrstuvwxyzT,.",
             "▁t", "he", "▁the", "▁c", "at", "▁cat", "▁s", "▁sat", "on", "▁on", "▁m", "▁mat", "in", "er", "an", "nd", "▁a", "▁and", "re", "▁b", "ou", "or", "th", "▁to"]
    kinds = [TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL, *[TokenType.BYTE] * 4, *[TokenType.NORMAL] * (len(words) - 7)]
    return words[:count], [-float(i) for i in range(count)], kinds[:count]


def convert(name):
    config = json.loads((TINY / name / "config.json").read_text())
    state = {k: v.float().numpy() for k, v in load_file(TINY / name / "model.safetensors").items()}
    heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
    width = config["hidden_size"] // heads
    writer = GGUFWriter(TINY / f"{name}.gguf", "llama")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_rope_dimension_count(width)
    words, scores, kinds = pieces(config["vocab_size"])
    assert len(words) == config["vocab_size"], len(words)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(words)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    if config["rope_scaling"]:
        writer.add_tensor("rope_freqs.weight", rope_factors(config["rope_scaling"], config["rope_theta"], width))
    for key, value in sorted(state.items()):
        if ".q_proj." in key:
            value = permute(value, heads)
        if ".k_proj." in key:
            value = permute(value, kv_heads)
        writer.add_tensor(renamed(key), np.ascontiguousarray(value))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(name, (TINY / f"{name}.gguf").stat().st_size)


for checkpoint in ("llama-tied-float32", "llama-scaled-rope-float32"):
    convert(checkpoint)
