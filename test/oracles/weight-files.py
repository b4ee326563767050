"""A small GGUF by the Python package `gguf`, what is in it, and what `safetensors` finds in the tiny checkpoints.

usage: python test/oracles/weight-files.py   (from the repository's root; writes weight-files.gguf and weight-files.json beside itself)
needs: pip install gguf==0.19.0 safetensors==0.8.0 torch, and test/oracles/tiny of tiny-transformers.py
"""

import hashlib
import json
import pathlib

import numpy as np
import torch
from gguf import GGUFWriter
from gguf.constants import GGMLQuantizationType as Q
from gguf.quants import dequantize, quantize
from safetensors import safe_open

HERE = pathlib.Path(__file__).parent


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()


def gguf():
    random = np.random.default_rng(7)
    file = HERE / "weight-files.gguf"
    writer = GGUFWriter(file, "llama")
    writer.add_custom_alignment(64)
    writer.add_block_count(2)
    writer.add_rope_freq_base(10000.5)
    writer.add_bool("test.flag", True)
    writer.add_uint64("test.large", 2**63 + 1)
    writer.add_int64("test.negative", -(2**40))
    writer.add_float64("test.double", 0.1)
    writer.add_string("test.text", "naïve 日本 🙂")
    writer.add_array("test.texts", ["a", "", "ü"])
    writer.add_array("test.numbers", [1, -2, 3])
    expected = []
    for name, kind, shape in [("f32", Q.F32, (3, 5)), ("f16", Q.F16, (2, 3, 4)), ("bf16", Q.BF16, (7,)), ("q4_0", Q.Q4_0, (2, 64)),
                              ("q4_1", Q.Q4_1, (3, 32)), ("q5_0", Q.Q5_0, (1, 32)), ("q5_1", Q.Q5_1, (1, 32)), ("q8_0", Q.Q8_0, (2, 2, 32))]:
        values = random.standard_normal(shape).astype(np.float32)
        stored = quantize(values, kind)
        writer.add_tensor(name, stored, raw_shape=stored.shape if kind not in (Q.F32, Q.F16) else None, raw_dtype=kind)
        widened = dequantize(stored, kind).astype("<f4").reshape(shape)
        expected.append({"name": name, "type": kind.name, "shape": list(shape), "float32": sha256(np.ascontiguousarray(widened).tobytes())})
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return expected


def safetensors():
    for folder in sorted((HERE / "tiny").iterdir()):
        tensors = []
        for file in sorted(folder.glob("*.safetensors")):
            with safe_open(file, "pt") as opened:
                for name in opened.keys():
                    value = opened.get_tensor(name).contiguous()
                    raw = value.reshape(-1).view(torch.uint8).numpy().tobytes()
                    tensors.append((name, list(value.shape), str(value.dtype).removeprefix("torch."), sha256(raw)))
        if tensors:
            yield {"folder": folder.name, "tensors": len(tensors),
                   "sha256": sha256(*(f"{name} {dtype} {shape} {digest}\n".replace(", ", ",").encode() for name, shape, dtype, digest in sorted(tensors)))}


expected = {"gguf": gguf(), "safetensors": list(safetensors())}
(HERE / "weight-files.json").write_text(json.dumps(expected, indent=1) + "\n")
