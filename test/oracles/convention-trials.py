"""Writes convention-trials.json: what two real classifiers answer to three photographs under every usual preprocessing.

usage: python test/oracles/convention-trials.py <folder of models> <folder of photographs> > src/data/image/convention-trials.json
(needs numpy, pillow < 13, onnxruntime)

For each model, convention and photograph: the 24 largest probabilities of each of the four views of detection-views.ts,
as [class, millionths]; the test spreads what is left evenly over the other classes.
"""
import json
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

MODELS, PHOTOGRAPHS = sys.argv[1:3]
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CONVENTIONS = {  # range, mean, std, BGR?
    "imagenet": (1, *IMAGENET, False),
    "inception": (1, (0.5,) * 3, (0.5,) * 3, False),
    "caffe": (255, (104, 117, 123), (1,) * 3, True),
    "unit": (1, (0,) * 3, (1,) * 3, False),
    "byte": (255, (0,) * 3, (1,) * 3, False),
}
FILES = {"efficientnet-lite0": "efficientnet-lite0-imagenet.onnx", "squeezenet": "squeezenet1.0-imagenet-fp16.onnx"}
SIDE, SHIFT, KEPT = 224, 12, 24


def views(photograph):
    width, height = photograph.size
    size = (256, 256 * height // width) if width <= height else (256 * width // height, 256)
    scaled = photograph.resize(size, Image.Resampling.BILINEAR)
    left, top = round((size[0] - SIDE) / 2), round((size[1] - SIDE) / 2)
    cut = lambda d: scaled.crop((left + d, top + d, left + d + SIDE, top + d + SIDE))
    return [cut(0), ImageOps.mirror(cut(0)), cut(-SHIFT), cut(SHIFT)]


def answer(session, view, convention):
    scale, mean, std, bgr = convention
    x = np.asarray(view, np.float64) / 255 * scale
    x = ((x[..., ::-1] if bgr else x) - mean) / std
    given = session.get_inputs()[0]
    x = x.transpose(2, 0, 1)[None].astype(np.float16 if "float16" in given.type else np.float32)
    y = session.run(None, {given.name: x})[0].astype(np.float64).ravel()
    if abs(y.sum() - 1) > 0.01:
        y = np.exp(y - y.max())
    y /= y.sum()
    return [[int(k), round(y[k] * 1e6)] for k in np.argsort(-y)[:KEPT]]


out = {}
for model, file in FILES.items():
    session = onnxruntime.InferenceSession(f"{MODELS}/{file}", providers=["CPUExecutionProvider"])
    out[model] = {
        name: {
            "blank": answer(session, Image.new("RGB", (SIDE, SIDE), (128,) * 3), convention),
            **{
                photo: [answer(session, view, convention) for view in views(Image.open(f"{PHOTOGRAPHS}/{photo}").convert("RGB"))]
                for photo in ("chelsea.png", "coffee.png", "rocket.jpg")
            },
        }
        for name, convention in CONVENTIONS.items()
    }
print(json.dumps(out, separators=(",", ":")))
