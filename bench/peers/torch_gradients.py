"""Peer: eager PyTorch on the CPU, forward and forward + input gradient, in milliseconds. Prints one JSON object a line.

    python bench/peers/torch_gradients.py [--serve] [--runs 10] [--threads N] [--models efficientnet-lite0,squeezenet1.0]

{"peer": "torch", "version", "threads", "model", "batch", "layout": "eager" | "channels-last", "forwardMs", "gradientMs", "runs"}
`forwardMs` and `gradientMs` are the best of `runs` after two warm-up runs; the forward alone runs without a tape. "eager" is
PyTorch's default layout (contiguous NCHW).
"""

import argparse
import json
import sys
import time

import torch

from vision_model import VISION_MODELS, load, sample


def best_of(runs, run):
    for _ in range(2):
        run()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return round(1000 * min(times), 3)


def prepare(name, batch, layout):
    memory_format = torch.channels_last if layout == "channels-last" else torch.contiguous_format
    model = load(name).to(memory_format=memory_format)
    row = sample(name)
    x = row.repeat(batch, *[1] * (row.dim() - 1))
    x = x.contiguous(memory_format=memory_format) if x.dim() == 4 else x
    target = 281

    def forward():
        with torch.inference_mode():
            return model(x)

    def gradient():
        leaf = x.detach().requires_grad_(True)
        return torch.autograd.grad(model(leaf)[:, target].sum(), leaf)[0]

    return forward, gradient


def measure(name, batch, layout, runs):
    forward, gradient = prepare(name, batch, layout)
    return {"peer": "torch", "version": torch.__version__, "threads": torch.get_num_threads(), "model": name, "batch": batch,
            "layout": layout, "forwardMs": best_of(runs, forward), "gradientMs": best_of(runs, gradient), "runs": runs}


def serve():
    """A line `model batch layout forward|gradient` asks for one run; the answer is {"ms", "cpuMs"}. For paired measurements."""
    print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
    prepared = {}
    for line in sys.stdin:
        name, batch, layout, what = line.split()
        key = name, int(batch), layout
        if key not in prepared:
            prepared = {other: pair for other, pair in prepared.items() if other[:2] == key[:2]}
            prepared[key] = prepare(*key)
        run = prepared[key][what == "gradient"]
        start, used = time.perf_counter(), time.process_time()
        run()
        print(json.dumps({"ms": 1000 * (time.perf_counter() - start), "cpuMs": 1000 * (time.process_time() - used)}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--serve", action="store_true", help="run on request, a line each")
    parser.add_argument("--models", default=",".join(VISION_MODELS))
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.serve:
        return serve()
    for name in options.models.split(","):
        for batch in (1, 8):
            for layout in ("eager", "channels-last"):
                print(json.dumps(measure(name, batch, layout, options.runs)), flush=True)


if __name__ == "__main__":
    main()
