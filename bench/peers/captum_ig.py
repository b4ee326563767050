"""Peer: captum's integrated gradients until the net completeness error is at most 1 %. Prints one JSON object.

    python bench/peers/captum_ig.py [--model efficientnet-lite0] [--target 281] [--tolerance 0.01] [--threads N]

captum has no adaptive rule, so a person tries 50, 100, 200, 400, 800 Gauss-Legendre steps. Only the first number of steps
that meets the tolerance is counted, as if it had been known beforehand: `seconds` is the best of two runs of that call alone.
The attempts that fail are listed, with their times, but not counted. internal_batch_size 8, zero baseline, float32, the
faster of captum's two layouts (both are tried with 50 steps).

{"peer": "captum", "version", "torch", "threads", "model", "target", "tolerance", "layout", "steps", "error", "seconds",
 "attempts": [{"steps", "error", "seconds"}]}; `steps` is null when 800 do not suffice.
"""

import argparse
import json
import time

import captum
import torch
from captum.attr import IntegratedGradients

from vision_model import load, photograph


def attribute(method, x, target, steps):
    start = time.perf_counter()
    attribution = method.attribute(x, baselines=torch.zeros_like(x), target=target, n_steps=steps, method="gausslegendre",
                                   internal_batch_size=8)
    return attribution, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="efficientnet-lite0")
    parser.add_argument("--target", type=int, default=281)
    parser.add_argument("--tolerance", type=float, default=0.01)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)

    layouts = {}
    for layout, memory_format in (("eager", torch.contiguous_format), ("channels-last", torch.channels_last)):
        model = load(options.model).to(memory_format=memory_format)
        x = photograph(options.model).contiguous(memory_format=memory_format)
        method = IntegratedGradients(model)
        attribute(method, x, options.target, 8)
        layouts[layout] = (attribute(method, x, options.target, 50)[1], model, x, method)
    layout = min(layouts, key=lambda name: layouts[name][0])
    _, model, x, method = layouts[layout]

    with torch.inference_mode():
        difference = float(model(x)[0, options.target]) - float(model(torch.zeros_like(x))[0, options.target])
    attempts, found = [], None
    for steps in (50, 100, 200, 400, 800):
        attribution, seconds = attribute(method, x, options.target, steps)
        error = abs(float(attribution.double().sum()) - difference) / abs(difference)
        if error <= options.tolerance:
            seconds = min(seconds, attribute(method, x, options.target, steps)[1])
            found = {"steps": steps, "error": error, "seconds": round(seconds, 3)}
            break
        attempts.append({"steps": steps, "error": error, "seconds": round(seconds, 3)})
    print(json.dumps({"peer": "captum", "version": captum.__version__, "torch": torch.__version__,
                      "threads": torch.get_num_threads(), "model": options.model, "target": options.target,
                      "tolerance": options.tolerance, "layout": layout,
                      **(found or {"steps": None, "error": None, "seconds": None}), "attempts": attempts}))


if __name__ == "__main__":
    main()
