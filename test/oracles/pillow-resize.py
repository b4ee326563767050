"""Writes pillow-resize.json: what Pillow's Image.resize answers on a small picture that the test makes by the same formula.

usage: python test/oracles/pillow-resize.py > src/data/image/pillow-resize.json   (needs pillow < 13)

Pillow 13 begins with the rows where the height shrinks much more than the width; before, and for ordinary shapes still,
columns always come first, which is what the models of today were trained with.
"""
import hashlib
import json

import PIL
from PIL import Image

FILTERS = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
    "box": Image.Resampling.BOX,
}
# Reducing, enlarging, one side only, odd ratios, down to a single pixel.
SIZES = [(5, 4), (41, 29), (17, 7), (9, 13), (1, 1), (17, 13), (40, 6), (3, 31)]


def picture(width, height):
    """A linear congruential generator: noise with full contrast, so that over- and undershoot are clipped."""
    state, out = 1, bytearray()
    for _ in range(width * height * 3):
        state = (state * 1103515245 + 12345) % 2**31
        out.append(state >> 16 & 255)
    return Image.frombytes("RGB", (width, height), bytes(out))


source = picture(17, 13)
cases = []
for name, resample in FILTERS.items():
    for size in SIZES:
        pixels = source.resize(size, resample).tobytes()
        case = {"filter": name, "width": size[0], "height": size[1], "sha256": hashlib.sha256(pixels).hexdigest()}
        if len(pixels) <= 60:
            case["pixels"] = list(pixels)
        cases.append(case)
large = picture(301, 211)
for name, resample in FILTERS.items():
    pixels = large.resize((64, 45), resample).tobytes()
    cases.append({"filter": name, "from": [301, 211], "width": 64, "height": 45, "sha256": hashlib.sha256(pixels).hexdigest()})
print(json.dumps({"pillow": PIL.__version__, "cases": cases}, indent=1))
