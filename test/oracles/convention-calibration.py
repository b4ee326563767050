"""Measures the criterion of choose-convention.ts where the truth is known: prints how often it is right, and sure.

usage: python test/oracles/convention-calibration.py <folder of models> <folder of photographs>
(needs numpy, pillow < 13, onnxruntime; about 15 s)

A model that was trained for one convention is made to expect another by undoing the other in front of it:
f'(x) = f(native(other⁻¹(x))). Two models times five conventions are ten models whose right answer is known.
"""
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

MODELS, PHOTOGRAPHS = sys.argv[1:3]
SIDE, SHIFT = 224, 12
PRIOR = {"imagenet": 0.5, "inception": 0.2, "caffe": 0.12, "unit": 0.1, "byte": 0.08}
RULES = {  # range, mean, std, BGR?
    "imagenet": (1, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), False),
    "inception": (1, (0.5,) * 3, (0.5,) * 3, False),
    "caffe": (255, (104, 117, 123), (1,) * 3, True),
    "unit": (1, (0,) * 3, (1,) * 3, False),
    "byte": (255, (0,) * 3, (1,) * 3, False),
}
NATIVE = {"efficientnet-lite0-imagenet.onnx": "imagenet", "squeezenet1.0-imagenet-fp16.onnx": "caffe"}


def encode(unit, rule):
    scale, mean, std, bgr = RULES[rule]
    return ((unit[..., ::-1] if bgr else unit) * scale - mean) / std


def decode(x, rule):
    scale, mean, std, bgr = RULES[rule]
    unit = (x * std + mean) / scale
    return unit[..., ::-1] if bgr else unit


def views(photograph):
    width, height = photograph.size
    size = (256, 256 * height // width) if width <= height else (256 * width // height, 256)
    scaled = photograph.resize(size, Image.Resampling.BILINEAR)
    left, top = round((size[0] - SIDE) / 2), round((size[1] - SIDE) / 2)
    cut = lambda d: scaled.crop((left + d, top + d, left + d + SIDE, top + d + SIDE))
    return [np.asarray(v, np.float64) / 255 for v in (cut(0), ImageOps.mirror(cut(0)), cut(-SHIFT), cut(SHIFT))]


def answer(session, x):
    given = session.get_inputs()[0]
    half = "float16" in given.type
    x = np.clip(x, -6e4, 6e4).transpose(2, 0, 1)[None].astype(np.float16 if half else np.float32)
    y = session.run(None, {given.name: x})[0].astype(np.float64).ravel()
    if abs(y.sum() - 1) > 0.01:
        y = np.exp(y - y.max())
    return y / y.sum()


entropy = lambda p: -(p * np.log(p + 1e-12)).sum()
photographs = {f: views(Image.open(f"{PHOTOGRAPHS}/{f}").convert("RGB")) for f in ("chelsea.png", "coffee.png", "rocket.jpg")}
grey = np.full((SIDE, SIDE, 3), 128 / 255)
tally = {}
for file, native in NATIVE.items():
    session = onnxruntime.InferenceSession(f"{MODELS}/{file}", providers=["CPUExecutionProvider"])
    for truth in RULES:
        model = lambda unit, rule: answer(session, encode(decode(encode(unit, rule), truth), native))
        blank = {rule: model(grey, rule) for rule in RULES}
        pooled = {(rule, f): np.mean([model(v, rule) for v in vs], 0) for rule in RULES for f, vs in photographs.items()}
        for chosen_from in [[f] for f in photographs] + [list(photographs)]:
            score = {
                rule: np.log(PRIOR[rule]) + sum(
                    -entropy(pooled[rule, f]) + 2 * np.log(max(abs(pooled[rule, f] - blank[rule]).sum() / 2, 1e-3)) for f in chosen_from
                )
                for rule in RULES
            }
            best = max(score, key=score.get)
            alike = {r for r in RULES if all(np.sqrt(pooled[r, f] * pooled[best, f]).sum() >= 0.9 for f in chosen_from)}
            margin = score[best] - max((score[r] for r in RULES if r not in alike), default=-np.inf)
            contrast = np.mean([abs(pooled[best, f] - blank[best]).sum() / 2 for f in chosen_from])
            sure = contrast >= 0.5 and margin >= (1.5 if len(chosen_from) > 1 else 3)
            row = tally.setdefault(len(chosen_from), {"models": 0, "right": 0, "right or alike": 0, "sure": 0, "sure, wrong, not alike": 0})
            row["models"] += 1
            row["right"] += best == truth
            row["right or alike"] += truth in alike
            row["sure"] += bool(sure)
            row["sure, wrong, not alike"] += bool(sure and truth not in alike)
            if len(chosen_from) == 3 or truth == native:
                print(f"{file[:10]} as {truth:9} {'+'.join(f[:3] for f in chosen_from):11} -> {best:9} margin {margin:5.2f} {'sure' if sure else 'ask '} alike {sorted(alike - {best})}")
for count, row in tally.items():
    print(f"{count} photograph(s): {row}")
