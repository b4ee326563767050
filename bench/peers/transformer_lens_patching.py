"""Peer: TransformerLens 3's own patching sweeps on a GPT-2-small shape with random weights. Prints one JSON object.

    python bench/peers/transformer_lens_patching.py [--threads N]

{"peer": "transformer-lens", "version", "torch", "resid_pre": seconds of get_act_patch_resid_pre over 12 x 15,
 "head": seconds of get_act_patch_attn_head_out_all_pos over 12 x 12}; the clean cache is part of both.
"""

import argparse
import importlib.metadata
import json
import time

import torch
from transformer_lens import HookedTransformer, HookedTransformerConfig, patching


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    torch.set_grad_enabled(False)
    model = HookedTransformer(HookedTransformerConfig(
        n_layers=12, d_model=768, n_ctx=1024, d_head=64, n_heads=12, d_mlp=3072, d_vocab=50257, act_fn="gelu_new",
        normalization_type="LNPre", device="cpu"))
    clean = torch.randint(0, 50257, (1, 15))
    corrupted = clean.clone()
    corrupted[0, 4] = (corrupted[0, 4] + 1) % 50257
    metric = lambda logits: logits[0, -1, 11] - logits[0, -1, 13]
    model(clean)

    def seconds(sweep):
        start = time.perf_counter()
        _, cache = model.run_with_cache(clean)
        sweep(model, corrupted, cache, metric)
        return round(time.perf_counter() - start, 3)

    print(json.dumps({
        "peer": "transformer-lens", "version": importlib.metadata.version("transformer-lens"), "torch": torch.__version__,
        "resid_pre": seconds(patching.get_act_patch_resid_pre), "head": seconds(patching.get_act_patch_attn_head_out_all_pos)}))


if __name__ == "__main__":
    main()
