"""Network dissection of a small table of activations, in NumPy and SciPy.

    python test/oracles/dissection.py         (needs numpy, scipy, pillow)

A few units, pictures and concepts, drawn from one seed. The formulas are written out from the papers, without bits, beams of
sparse words or skipped cells:

paper           threshold = the quantile 1 - 0.05 of all raw activations of the unit; upsampling by SciPy's
                RectBivariateSpline of degree 1, anchored at the centres of the receptive fields, read at the points' centres;
                IoU = i / (tc + g - i + 1e-20), where tc counts active points only in pictures with a concept of the category.
lite            threshold = the quantile at index int(1000 (1 - 0.05) - 1) of 1000 even quantiles; upsampling by Pillow's
                bilinear resize of the whole map (mode F); 1e-10 instead of 1e-20.
compositional   masks as in `paper`; IoU = i / (u + f - i + 1e-10) over all pictures; beam 5, up to 3 concepts, OR, AND and
                AND NOT, no penalty. Every candidate is evaluated.

dissection.json: {"numpy", "scipy", "pillow", "field": {"offset", "step"}, "cells", "points", "categories": [of each concept],
"activations": [picture][unit][row * cells + column], "masks": [picture][concept] as a string of 0 and 1 in rows,
"thresholds": {variant: [unit]}, "ious": {variant: [unit][concept]}, "compositional": [{"terms", "iou"}]}.
"""

import json
from pathlib import Path

import numpy as np
import PIL
import scipy
from PIL import Image
from scipy.interpolate import RectBivariateSpline

HERE = Path(__file__).resolve().parent
QUANTILE = 0.05
PICTURES, UNITS, CELLS, POINTS = 8, 5, 4, 12
OFFSET, STEP = 0.5, 2.5  # of the receptive fields, in pixels; a picture has POINTS pixels a side
CATEGORIES = ["colour", "colour", "colour", "shape", "shape", "scene"]

rng = np.random.default_rng(7)
activations = np.round(np.maximum(rng.normal(size=(PICTURES, UNITS, CELLS, CELLS)), -0.5), 3).astype(np.float32)
masks = np.zeros((PICTURES, len(CATEGORIES), POINTS, POINTS), bool)
for picture in range(PICTURES):
    for concept, category in enumerate(CATEGORIES):
        if rng.random() < 0.45:
            continue
        if category == "scene":
            masks[picture, concept] = True
            continue
        y, x = rng.integers(0, POINTS - 3, 2)
        masks[picture, concept, y : y + rng.integers(2, 7), x : x + rng.integers(2, 7)] = True
# Two units follow concepts, so that there is something to find.
for picture in range(PICTURES):
    for unit, wanted in ((0, masks[picture, 0]), (1, masks[picture, 1] | masks[picture, 4])):
        cells = wanted.reshape(CELLS, 3, CELLS, 3).mean((1, 3))
        activations[picture, unit] += (2 * np.round(cells, 3)).astype(np.float32)
activations = np.round(activations.astype(np.float64), 3).astype(np.float32)

centres = OFFSET + STEP * np.arange(CELLS)
points = np.arange(POINTS, dtype=np.float64)


def anchored(cells):
    return RectBivariateSpline(centres, centres, cells.astype(np.float64), kx=1, ky=1)(points, points, grid=True)


def resized(cells):
    return np.asarray(Image.fromarray(cells.astype(np.float32), mode="F").resize((POINTS, POINTS), Image.BILINEAR))


def unit_masks(thresholds, upsample):
    return np.array(
        [[upsample(activations[p, u]) > thresholds[u] for u in range(UNITS)] for p in range(PICTURES)]
    )


by_unit = activations.astype(np.float64).transpose(1, 0, 2, 3).reshape(UNITS, -1)
thresholds = {
    "paper": np.quantile(by_unit, 1 - QUANTILE, axis=1),
    "lite": np.quantile(by_unit, np.linspace(0, 1, 1000)[int(1000 * (1 - QUANTILE) - 1)], axis=1),
}
units = {"paper": unit_masks(thresholds["paper"], anchored), "lite": unit_masks(thresholds["lite"], resized)}


def category_iou(variant, epsilon):
    table = np.zeros((UNITS, len(CATEGORIES)))
    for u in range(UNITS):
        for c, category in enumerate(CATEGORIES):
            of_category = [i for i, each in enumerate(CATEGORIES) if each == category]
            with_category = masks[:, of_category].any((1, 2, 3))
            i = (units[variant][:, u] & masks[:, c]).sum()
            tc = units[variant][with_category, u].sum()
            table[u, c] = i / (tc + masks[:, c].sum() - i + epsilon)
    return table


def plain_iou(unit, label):
    both = (unit & label).sum()
    return both / (unit.sum() + label.sum() - both + 1e-10)


def formula_mask(terms):
    result = masks[:, terms[0][1]]
    for join, concept in terms[1:]:
        other = masks[:, concept]
        result = {"OR": result | other, "AND": result & other, "AND NOT": result & ~other}[join]
    return result


def search(unit):
    beam = sorted(
        ([("OR", c)] for c in range(len(CATEGORIES))), key=lambda f: -plain_iou(unit, formula_mask(f))
    )[:5]
    for _ in range(2):
        grown = [f + [(join, c)] for f in beam for c in range(len(CATEGORIES)) for join in ("OR", "AND", "AND NOT")]
        beam = sorted(beam + grown, key=lambda f: -plain_iou(unit, formula_mask(f)))[:5]
    return {"terms": beam[0], "iou": float(plain_iou(unit, formula_mask(beam[0])))}


result = {
    "numpy": np.__version__,
    "scipy": scipy.__version__,
    "pillow": PIL.__version__,
    "quantile": QUANTILE,
    "field": {"offset": OFFSET, "step": STEP},
    "cells": CELLS,
    "points": POINTS,
    "categories": CATEGORIES,
    "activations": [[[round(float(v), 3) for v in cells.ravel()] for cells in picture] for picture in activations],
    "masks": [["".join("01"[int(v)] for v in mask.ravel()) for mask in picture] for picture in masks],
    "thresholds": {variant: each.tolist() for variant, each in thresholds.items()},
    "ious": {"paper": category_iou("paper", 1e-20).tolist(), "lite": category_iou("lite", 1e-10).tolist()},
    "compositional": [search(units["paper"][:, u]) for u in range(UNITS)],
}
(HERE / "dissection.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
