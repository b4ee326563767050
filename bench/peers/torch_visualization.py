"""Peer: maximized activation in eager PyTorch, the same loop as ours: spectrum, 1/f, irfft2, colour matrix, sigmoid,
normalisation, one bilinear resampling, the network as far as the site, Adam.

    python bench/peers/torch_visualization.py --serve

Reads lines "<model> <value> <channel> <size> <steps> <layout>" and answers {"ms"} for that many further steps of it.
layout: eager or channels-last; as-lucent is eager with the network fed 224 px, whatever the image's size, as lucent does.
The first answer is {"version"}.
"""

import argparse
import json
import sys
import time

import torch
import torch.nn.functional as F

from vision_model import OnnxModule, VISION_MODELS, locate

COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]])
COLOURS = COLOURS / COLOURS.norm(dim=0).max()


class Loop:
    def __init__(self, model, value, channel, size, layout):
        file_name, _, (order, scale, mean, std) = VISION_MODELS[model]
        self.network = OnnxModule(str(locate(file_name)), torch.float32, value).eval().requires_grad_(False)
        self.format = torch.channels_last if layout == "channels-last" else torch.contiguous_format
        self.fed = 224 if layout == "as-lucent" else size
        self.network = self.network.to(memory_format=self.format)
        self.channel, self.size, self.order = channel, size, order
        scale = 1.0 if scale == 255 else 255.0
        self.mean = torch.tensor(mean, dtype=torch.float32).view(1, 3, 1, 1)
        self.factor = scale / torch.tensor(std, dtype=torch.float32).view(1, 3, 1, 1)
        self.shift = self.mean / torch.tensor(std, dtype=torch.float32).view(1, 3, 1, 1)
        fy = torch.fft.fftfreq(size)[:, None]
        fx = torch.fft.rfftfreq(size)[None]
        self.scale = 1 / torch.clamp((fx * fx + fy * fy).sqrt(), min=1 / size)
        torch.manual_seed(0)
        self.spectrum = (0.01 * torch.randn(1, 3, size, size // 2 + 1, 2)).requires_grad_()
        self.adam = torch.optim.Adam([self.spectrum], lr=0.05)
        with torch.no_grad():
            example = self.network(torch.zeros(1, 3, size, size))
            keep = {}
            self.network(torch.zeros(1, 3, size, size), keep=keep)
            self.channels = keep[value].shape[1]
            del example

    def step(self):
        image = torch.fft.irfft2(torch.view_as_complex(self.spectrum) * self.scale, s=(self.size, self.size), norm="ortho") / 4
        image = torch.sigmoid(torch.einsum("ij,bjhw->bihw", COLOURS, image))
        if self.order == "BGR":
            image = image.flip(1)
        x = image * self.factor - self.shift
        angle = (torch.rand(1) * 10 - 5) * torch.pi / 180
        scale = 0.9 + 0.2 * torch.rand(1)
        moved = (torch.rand(2) - 0.5) * 24 * 2 / self.size
        theta = torch.stack([torch.cat([angle.cos() / scale, -angle.sin() / scale, moved[:1]]),
                             torch.cat([angle.sin() / scale, angle.cos() / scale, moved[1:]])])[None]
        grid = F.affine_grid(theta, (1, 3, self.fed, self.fed), align_corners=False)
        x = F.grid_sample(x, grid, align_corners=False)
        score = self.network(x.contiguous(memory_format=self.format)).view(1, self.channels, -1)[0, self.channel].mean()
        self.adam.zero_grad()
        (-score).backward()
        self.adam.step()
        return float(score.detach())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", action="store_true")
    parser.parse_args()
    print(json.dumps({"version": torch.__version__}), flush=True)
    loops = {}
    for line in sys.stdin:
        model, value, channel, size, steps, layout = line.split()
        key = (model, value, channel, size, layout)
        if key not in loops:
            loops[key] = Loop(model, value, int(channel), int(size), layout)
        start = time.perf_counter()
        for _ in range(int(steps)):
            score = loops[key].step()
        print(json.dumps({"ms": (time.perf_counter() - start) * 1000, "score": score}), flush=True)


if __name__ == "__main__":
    main()
