"""Float32 values of quantised blocks by the Python package `gguf` (numpy), and hashes of whole tensors of SmolLM2.

usage: python test/oracles/gguf-dequantize.py [SMOLLM2.gguf] > test/oracles/gguf-dequantize.json
needs: pip install gguf==0.19.0
"""

import hashlib
import json
import struct
import sys

import numpy as np
from gguf import GGUFReader
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

# Where the float16 scales of a block lie. All other bytes may be anything.
SCALES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
    "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
}
# Ordinary, negative, subnormal, largest: one of each per type.
HALVES = [[0.0123, 0.321], [-0.987, -1.5], [6e-8, 3.1e-5], [65504.0, -65504.0]]
TENSORS = ["token_embd.weight", "blk.0.attn_q.weight", "blk.17.ffn_down.weight", "blk.29.attn_v.weight", "output_norm.weight"]


def blocks():
    random = np.random.default_rng(20261123)
    for name, places in SCALES.items():
        kind = GGMLQuantizationType[name]
        size = GGML_QUANT_SIZES[kind][1]
        data = random.integers(0, 256, (len(HALVES), size), dtype=np.uint8)
        for row, halves in zip(data, HALVES):
            for place, half in zip(places, halves):
                row[place : place + 2] = np.frombuffer(struct.pack("<e", half), np.uint8)
        values = dequantize(data, kind).astype("<f4")
        yield {"type": name, "bytes": data.tobytes().hex(), "float32": hashlib.sha256(values.tobytes()).hexdigest(),
               "first": [float(v) for v in values.reshape(len(HALVES), -1)[:, :4].reshape(-1)]}
    halves = random.integers(0, 65536, 64, dtype=np.uint16)
    halves = halves[(halves & 0x7C00) != 0x7C00]
    for name in ["F16", "BF16"]:
        values = dequantize(halves.view(np.uint8), GGMLQuantizationType[name]) if name == "BF16" else halves.view(np.float16).astype("<f4")
        values = values.astype("<f4")
        yield {"type": name, "bytes": halves.tobytes().hex(), "float32": hashlib.sha256(values.tobytes()).hexdigest(),
               "first": [float(v) for v in values[:4]]}


def tensors(path):
    for tensor in GGUFReader(path).tensors:
        if tensor.name in TENSORS:
            values = dequantize(tensor.data, tensor.tensor_type).astype("<f4")
            yield {"name": tensor.name, "type": tensor.tensor_type.name, "shape": [int(n) for n in values.shape],
                   "float32": hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()}


json.dump({"source": "gguf 0.19.0, numpy", "blocks": list(blocks()), "smollm2": list(tensors(sys.argv[1])) if len(sys.argv) > 1 else []}, sys.stdout, indent=1)
print()
