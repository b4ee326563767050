"""Recomputes the weight-space scores of circuits/weights.json from the two tiny checkpoints beside it, and says how far it is off.

The file's composition scores are TransformerLens 2.18's (all weight processing off, float64); everything else in it is NumPy's.
This script forms every matrix whole, [vocabulary, vocabulary] included, which is what the product never does.
Usage: python circuit-weights.py   (needs numpy and safetensors; writes nothing)
"""
import json
import pathlib

import numpy as np
from safetensors.numpy import load_file

folder = pathlib.Path(__file__).parent / "circuits"
oracle = json.loads((folder / "weights.json").read_text())


def heads_of(name):
    """W_E, W_U as rows of tokens, and [layer][head] of (Q, K, V, O), each as x·W."""
    config = json.loads((folder / name / "config.json").read_text())
    w = {key: value.astype(np.float64) for key, value in load_file(folder / name / "model.safetensors").items()}
    if config["model_type"] == "gpt2":
        width, heads = config["n_embd"], config["n_head"]
        size = width // heads
        w = {key.removeprefix("transformer."): value for key, value in w.items()}
        layers = []
        for layer in range(config["n_layer"]):
            qkv, out = w[f"h.{layer}.attn.c_attn.weight"], w[f"h.{layer}.attn.c_proj.weight"]
            layers.append([
                tuple(qkv[:, part * width + h * size : part * width + (h + 1) * size] for part in range(3)) + (out[h * size : (h + 1) * size],)
                for h in range(heads)
            ])
        return w["wte.weight"], w["wte.weight"], layers
    heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
    layers = []
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}.self_attn."
        q, k, v, o = (w[f"{at}{part}_proj.weight"].T for part in "qkvo")
        size = q.shape[1] // heads
        part = lambda m, i: m[:, i * size : (i + 1) * size]
        layers.append([
            (part(q, h), part(k, h * groups // heads), part(v, h * groups // heads), o[h * size : (h + 1) * size]) for h in range(heads)
        ])
    return w["model.embed_tokens.weight"], w["lm_head.weight"], layers


def main():
    worst = 0.0

    def compare(value, expected):
        nonlocal worst
        worst = max(worst, float(np.max(np.abs(np.asarray(value) - np.asarray(expected)))))

    for name, expected in oracle.items():
        embedding, unembedding, layers = heads_of(name)
        for layer, heads in enumerate(layers):
            for head, (q, k, v, o) in enumerate(heads):
                own = expected["heads"][f"a{layer}.h{head}"]
                size = q.shape[1]
                compare(np.linalg.svd(v @ o)[1][:size], own["ov_singular_values"])
                compare(np.linalg.svd(q @ k.T)[1][:size], own["qk_singular_values"])
                full = embedding @ v @ o @ unembedding.T
                for matrix, key in ((v @ o, "copying_score_ov"), (full, "copying_score_full")):
                    eigen = np.linalg.eigvals(matrix)
                    compare(eigen.real.sum() / np.abs(eigen).sum(), own[key])
                compare(np.mean(full.argmax(1) == np.arange(len(full))), own["full_ov_diagonal_rank_share"])
        for earlier in range(len(layers)):
            for later in range(earlier + 1, len(layers)):
                for a, (_, _, v, o) in enumerate(layers[earlier]):
                    for b, (q, k, v2, o2) in enumerate(layers[later]):
                        for kind, m in (("Q", q @ k.T), ("K", k @ q.T), ("V", v2 @ o2)):
                            score = np.linalg.norm(v @ o @ m) / np.linalg.norm(v @ o) / np.linalg.norm(m)
                            compare(score, expected["composition"][kind][earlier][a][later][b])
    print(f"largest difference: {worst:.1e}")
    assert worst < 1e-10


main()
