"""Tiny random Llama and GPT-2 checkpoints as people find them on disk, and what they compute, in float64.

    python test/oracles/tiny-transformers.py           (needs torch, transformers, safetensors, numpy)

tiny/NAME/ is a checkpoint folder (config.json, model.safetensors, or shards and model.safetensors.index.json) plus
oracle.json. The weights are rounded to the stored type first; then everything is computed in float64 from the stored values:

    {"torch", "transformers", "family": "llama" | "gpt2", "dtype", "tied",
     "tokens": [...], "logits": {shape [T, V], data},
     "sites": {TransformerLens name: {shape, data}}   hook_resid_pre|mid|post, hook_attn_out, hook_mlp_out [T, D];
                                                      attn.hook_pattern [H, T, T]; hook_embed (and hook_pos_embed) [T, D]
     "greedy": the eight ids that follow `tokens`,
     "patching": {"clean", "corrupted" (ids), "answer", "wrong" (ids), "metric": "logit[answer] - logit[wrong] at the end",
                  "cleanMetric", "corruptedMetric",
                  "grid" [L][T]: the metric of the corrupted run with hook_resid_pre of that layer and position set to the
                                 clean run's,
                  "attribution" [L][T]: sum of (clean - corrupted) . d metric / d hook_resid_pre, at the corrupted run},
     "transformersDifference": largest |logit difference| to transformers' own model in float64, which still keeps its RMS
                               norm, rotary tables and (for Llama) softmax in float32,
     "transformersDifferenceAllFloat64": the same with those three in float64}

The forward pass below is written from the papers' equations; transformers is the witness. Rotary angles are p theta^(-2i/d)
in float64, halves rotated as (x1, x2) -> (x1 cos - x2 sin, x2 cos + x1 sin) with x1 the first half of the head.
"""

import json
import shutil
from math import pi
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM
from transformers.models.llama import modeling_llama

from lcg import Lcg

OUT = Path(__file__).resolve().parent / "tiny"

CASES = {
    # The config of the years before transformers 5: rope_theta at the top level, torch_dtype, no head_dim.
    "llama-tied-float32": dict(
        family="llama", dtype="float32", shards=1, seed=1, old_config=True,
        config=dict(hidden_size=24, num_attention_heads=6, num_key_value_heads=2, intermediate_size=37, vocab_size=61,
                    num_hidden_layers=2, max_position_embeddings=64, tie_word_embeddings=True)),
    # One key-value head for all, a large theta.
    "llama-untied-float16": dict(
        family="llama", dtype="float16", shards=1, seed=2, old_config=False,
        config=dict(hidden_size=20, num_attention_heads=5, num_key_value_heads=1, intermediate_size=33, vocab_size=47,
                    num_hidden_layers=3, max_position_embeddings=64, tie_word_embeddings=False, rms_norm_eps=1e-5,
                    rope_parameters={"rope_type": "default", "rope_theta": 500000.0})),
    # A head width that is not width / heads.
    "llama-sharded-bfloat16": dict(
        family="llama", dtype="bfloat16", shards=3, seed=3, old_config=False,
        config=dict(hidden_size=20, num_attention_heads=4, num_key_value_heads=2, head_dim=6, intermediate_size=29, vocab_size=53,
                    num_hidden_layers=3, max_position_embeddings=64, tie_word_embeddings=False)),
    # Biases, and Llama 3.1's scaled rotary frequencies, with a context so short that the scaling shows.
    "llama-scaled-rope-float32": dict(
        family="llama", dtype="float32", shards=1, seed=4, old_config=True,
        config=dict(hidden_size=16, num_attention_heads=2, num_key_value_heads=1, intermediate_size=23, vocab_size=43,
                    num_hidden_layers=2, max_position_embeddings=64, tie_word_embeddings=True, attention_bias=True, mlp_bias=True,
                    rope_parameters={"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0,
                                     "high_freq_factor": 4.0, "original_max_position_embeddings": 16})),
    "gpt2-tied-float32": dict(
        family="gpt2", dtype="float32", shards=1, seed=5,
        config=dict(n_embd=20, n_head=5, n_layer=2, vocab_size=53, n_positions=32)),
    "gpt2-untied-sharded-float16": dict(
        family="gpt2", dtype="float16", shards=2, seed=6,
        config=dict(n_embd=18, n_head=3, n_layer=3, n_inner=31, vocab_size=59, n_positions=32, tie_word_embeddings=False)),
    # As the first GPT-2 files were: no "transformer." before the names, and the causal mask stored as a tensor.
    "gpt2-bare-bfloat16": dict(
        family="gpt2", dtype="bfloat16", shards=1, seed=7, bare=True,
        config=dict(n_embd=12, n_head=2, n_layer=2, vocab_size=41, n_positions=16)),
}


def randomise(model, seed):
    """Weights of unit gain, norm weights around 1, biases around 0: every parameter matters, no logit is near the others."""
    generator = torch.Generator().manual_seed(seed)
    for name, p in sorted(model.named_parameters()):
        noise = torch.randn(p.shape, generator=generator, dtype=torch.float64)
        norm = "norm" in name or ".ln_" in name
        if p.ndim == 1:
            p.data = (1 + 0.2 * noise if norm and name.endswith("weight") else 0.2 * noise).float()
        else:
            fan_in = 1 if "emb" in name or "wte" in name or "wpe" in name else p.shape[0 if "c_" in name else 1]
            p.data = (noise * (0.7 if fan_in == 1 else 1.3 / fan_in**0.5)).float()


def write(folder, model, case):
    dtype = getattr(torch, case["dtype"])
    tied = model.config.tie_word_embeddings
    state = {k: v.detach().to(dtype).contiguous() for k, v in model.state_dict().items() if not (tied and k == "lm_head.weight")}
    if case.get("bare"):
        state = {k.removeprefix("transformer."): v for k, v in state.items()}
        n = model.config.n_positions
        for layer in range(model.config.n_layer):
            state[f"h.{layer}.attn.bias"] = torch.tril(torch.ones(1, 1, n, n))
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    config = model.config.to_dict()
    config["architectures"] = [type(model).__name__]
    if case.get("old_config"):
        rope = config.pop("rope_parameters")
        config["rope_theta"] = rope.pop("rope_theta")
        config["rope_scaling"] = rope if rope["rope_type"] != "default" else None
        config["torch_dtype"] = case["dtype"]
        config["transformers_version"] = "4.45.0"
        config.pop("dtype", None)
        config.pop("head_dim", None)
    else:
        config["dtype"] = case["dtype"]
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    names = sorted(state)
    if case["shards"] == 1:
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        return
    index = {"metadata": {"total_size": sum(t.numel() * t.element_size() for t in state.values())}, "weight_map": {}}
    for i in range(case["shards"]):
        part = names[i :: case["shards"]]
        file = f"model-{i + 1:05d}-of-{case['shards']:05d}.safetensors"
        save_file({n: state[n] for n in part}, folder / file, metadata={"format": "pt"})
        index["weight_map"] |= {n: file for n in part}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2, sort_keys=True) + "\n")


def read(folder):
    state = {}
    for file in sorted(folder.glob("*.safetensors")):
        state |= load_file(file)
    return {k: v.double() for k, v in state.items()}


def rotary_frequencies(c):
    d = c.head_dim
    rope = c.rope_parameters
    frequency = rope["rope_theta"] ** -(torch.arange(0, d, 2, dtype=torch.float64) / d)
    if rope["rope_type"] == "llama3":
        # Llama 3.1: wavelengths beyond the old context are slowed by `factor`, short ones kept, between them interpolated.
        turns = rope["original_max_position_embeddings"] * frequency / (2 * pi)
        low, high = rope["low_freq_factor"], rope["high_freq_factor"]
        share = ((turns - low) / (high - low)).clamp(0, 1)
        frequency = frequency * (share + (1 - share) / rope["factor"])
    return frequency


def attention(q, k, v, record, name):
    """[H, T, d] each; softmax(q k' / sqrt(d)) v under the causal mask."""
    t = q.shape[1]
    scores = q @ k.transpose(1, 2) / q.shape[2] ** 0.5
    pattern = scores.masked_fill(torch.triu(torch.ones(t, t, dtype=torch.bool), 1), -torch.inf).softmax(-1)
    record(name, pattern)
    return (pattern @ v).transpose(0, 1).reshape(t, -1)


def heads(x, n):
    return x.reshape(x.shape[0], n, -1).transpose(0, 1)


def llama(state, c, tokens, record):
    norm = lambda x, w: w * x / torch.sqrt(x.pow(2).mean(-1, keepdim=True) + c.rms_norm_eps)
    linear = lambda x, name: x @ state[name + ".weight"].T + state.get(name + ".bias", 0)
    angle = torch.arange(len(tokens), dtype=torch.float64)[:, None] * rotary_frequencies(c)
    cos, sin = angle.cos(), angle.sin()

    def rotate(x):
        first, second = x.chunk(2, dim=-1)
        return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)

    x = record("hook_embed", state["model.embed_tokens.weight"][tokens])
    for i in range(c.num_hidden_layers):
        p, site = f"model.layers.{i}.", f"blocks.{i}."
        x = record(site + "hook_resid_pre", x)
        h = norm(x, state[p + "input_layernorm.weight"])
        q, k, v = (heads(linear(h, p + f"self_attn.{n}_proj"), m) for n, m in
                   (("q", c.num_attention_heads), ("k", c.num_key_value_heads), ("v", c.num_key_value_heads)))
        groups = c.num_attention_heads // c.num_key_value_heads
        k, v = rotate(k).repeat_interleave(groups, 0), v.repeat_interleave(groups, 0)
        a = linear(attention(rotate(q), k, v, record, site + "attn.hook_pattern"), p + "self_attn.o_proj")
        x = record(site + "hook_resid_mid", x + record(site + "hook_attn_out", a))
        h = norm(x, state[p + "post_attention_layernorm.weight"])
        m = linear(torch.nn.functional.silu(linear(h, p + "mlp.gate_proj")) * linear(h, p + "mlp.up_proj"), p + "mlp.down_proj")
        x = record(site + "hook_resid_post", x + record(site + "hook_mlp_out", m))
    unembed = state.get("lm_head.weight", state["model.embed_tokens.weight"])
    return norm(x, state["model.norm.weight"]) @ unembed.T


def gpt2(state, c, tokens, record):
    state = {k.removeprefix("transformer."): v for k, v in state.items()}

    def norm(x, name):
        centred = x - x.mean(-1, keepdim=True)
        return centred / torch.sqrt(centred.pow(2).mean(-1, keepdim=True) + c.layer_norm_epsilon) * state[name + ".weight"] \
            + state[name + ".bias"]

    linear = lambda x, name: x @ state[name + ".weight"] + state[name + ".bias"]
    gelu = lambda x: 0.5 * x * (1 + torch.tanh((2 / pi) ** 0.5 * (x + 0.044715 * x**3)))
    x = record("hook_embed", state["wte.weight"][tokens]) + record("hook_pos_embed", state["wpe.weight"][: len(tokens)])
    for i in range(c.n_layer):
        p, site = f"h.{i}.", f"blocks.{i}."
        x = record(site + "hook_resid_pre", x)
        q, k, v = (heads(part, c.n_head) for part in linear(norm(x, p + "ln_1"), p + "attn.c_attn").chunk(3, dim=-1))
        a = linear(attention(q, k, v, record, site + "attn.hook_pattern"), p + "attn.c_proj")
        x = record(site + "hook_resid_mid", x + record(site + "hook_attn_out", a))
        m = linear(gelu(linear(norm(x, p + "ln_2"), p + "mlp.c_fc")), p + "mlp.c_proj")
        x = record(site + "hook_resid_post", x + record(site + "hook_mlp_out", m))
    return norm(x, "ln_f") @ state.get("lm_head.weight", state["wte.weight"]).T


def tensor(t):
    return {"shape": list(t.shape), "data": t.detach().reshape(-1).tolist()}


def all_in_float64(model):
    """Rids transformers' Llama of its float32 islands."""
    if not isinstance(model, LlamaForCausalLM):
        return model
    frequency = rotary_frequencies(model.config)

    def rotary(x, position_ids):
        angle = position_ids[..., None].double() * frequency
        angle = torch.cat((angle, angle), dim=-1)
        return angle.cos(), angle.sin()

    model.model.rotary_emb.forward = rotary
    for module in model.modules():
        if isinstance(module, modeling_llama.LlamaRMSNorm):
            module.forward = (lambda m: lambda h: m.weight * h * torch.rsqrt(h.pow(2).mean(-1, keepdim=True) + m.variance_epsilon))(module)
    return model


def witness(folder, tokens):
    """Logits by transformers, which reads the folder itself: as it is, and with every step in float64."""
    def load(attention):
        return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64, attn_implementation=attention).eval()

    with torch.no_grad():
        ids = torch.tensor([tokens])
        return load("eager")(ids).logits[0], all_in_float64(load("sdpa"))(ids).logits[0]


def patching(forward, state, config, clean, corrupted, layers):
    nothing = lambda name, x: x
    clean_sites, leaves = {}, {}
    with torch.no_grad():
        clean_logits = forward(state, config, clean, lambda n, x: clean_sites.setdefault(n, x))[-1]
        corrupted_logits = forward(state, config, corrupted, nothing)[-1]
    answer, wrong = int(clean_logits.argmax()), int(corrupted_logits.argmax())
    if wrong == answer:
        wrong = int(corrupted_logits.topk(2).indices[1])
    metric = lambda logits: logits[-1, answer] - logits[-1, wrong]

    grid = []
    with torch.no_grad():
        for layer in range(layers):
            site = f"blocks.{layer}.hook_resid_pre"
            row = []
            for position in range(len(clean)):
                def edit(name, x):
                    if name == site:
                        x = x.clone()
                        x[position] = clean_sites[site][position]
                    return x

                row.append(float(metric(forward(state, config, corrupted, edit))))
            grid.append(row)

    def watch(name, x):
        if name.endswith("hook_resid_pre"):
            leaves[name] = x if x.requires_grad else x.requires_grad_(True)
        return x

    score = metric(forward(state, config, corrupted, watch))
    names = [f"blocks.{layer}.hook_resid_pre" for layer in range(layers)]
    g = torch.autograd.grad(score, [leaves[n] for n in names])
    attribution = [((clean_sites[n] - leaves[n].detach()) * d).sum(-1).tolist() for n, d in zip(names, g)]
    return {"clean": clean, "corrupted": corrupted, "answer": answer, "wrong": wrong,
            "metric": "logit[answer] - logit[wrong] at the end", "cleanMetric": float(metric(clean_logits[None])),
            "corruptedMetric": float(metric(corrupted_logits[None])), "grid": grid, "attribution": attribution}


def main():
    for name, case in CASES.items():
        is_llama = case["family"] == "llama"
        config = (LlamaConfig if is_llama else GPT2Config)(bos_token_id=0, eos_token_id=1, **case["config"])
        model = (LlamaForCausalLM if is_llama else GPT2LMHeadModel)(config)
        randomise(model, case["seed"])
        folder = OUT / name
        write(folder, model, case)

        state, forward = read(folder), llama if is_llama else gpt2
        layers = config.num_hidden_layers if is_llama else config.n_layer
        tokens = Lcg(200 + case["seed"]).indices(7, config.vocab_size).tolist()
        other = list(tokens)
        other[2] = (other[2] + 5) % config.vocab_size
        sites = {}
        with torch.no_grad():
            logits = forward(state, config, tokens, lambda n, x: sites.setdefault(n, x))
            sequence = list(tokens)
            for _ in range(8):
                sequence.append(int(forward(state, config, sequence, lambda n, x: x)[-1].argmax()))
        theirs, theirs_double = witness(folder, tokens)
        plain, exact = float((theirs - logits).abs().max()), float((theirs_double - logits).abs().max())
        assert plain < 1e-4 and exact < 1e-11, (name, plain, exact)
        record = {
            "torch": torch.__version__, "transformers": transformers.__version__, "family": case["family"],
            "dtype": case["dtype"], "tied": config.tie_word_embeddings, "tokens": tokens, "logits": tensor(logits),
            "sites": {n: tensor(t) for n, t in sites.items()}, "greedy": sequence[len(tokens):],
            "patching": patching(forward, state, config, tokens, other, layers),
            "transformersDifference": plain, "transformersDifferenceAllFloat64": exact,
        }
        (folder / "oracle.json").write_text(json.dumps(record, separators=(",", ":")).replace(',"', ',\n"') + "\n")
        for file in folder.iterdir():
            file.chmod(0o644)
        size = sum(f.stat().st_size for f in folder.iterdir())
        print(name, f"{size / 1024:.0f} KB", f"logits {float(logits.std()):.2f}", f"plain {plain:.1e} exact {exact:.1e}", sequence,
              [round(v, 3) for v in record["patching"]["grid"][0]])


if __name__ == "__main__":
    main()
