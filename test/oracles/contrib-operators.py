"""ONNX Runtime's own operators (com.microsoft), one model each, with ONNX Runtime's outputs.

    python test/oracles/contrib-operators.py      (numpy, onnx, onnxruntime)

Writes contrib-operators.json.gz: {name: {model: base64, inputs: {name: {dtype, shape, data}}, output: {shape, data}}}.
"""
import base64
import gzip
import json
import pathlib

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(0)
cases = {}


def floats(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def listed(array):
    return {"dtype": str(array.dtype), "shape": list(array.shape), "data": [round(float(x), 9) for x in array.ravel()]}


def case(name, op, inputs, domain="com.microsoft", outputs=1, constants=(), **attributes):
    given = {f"i{k}": value for k, value in enumerate(inputs) if value is not None}
    fed = {key: value for key, value in given.items() if int(key[1:]) not in constants}
    node = helper.make_node(op, [f"i{k}" if value is not None else "" for k, value in enumerate(inputs)], [f"o{k}" for k in range(outputs)],
                            domain=domain, **attributes)
    infos = [helper.make_tensor_value_info(key, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape) for key, value in fed.items()]
    weights = [numpy_helper.from_array(value, key) for key, value in given.items() if key not in fed]
    graph = helper.make_graph([node], name, infos, [helper.make_tensor_value_info("o0", TensorProto.FLOAT, None)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    [output] = session.run(["o0"], fed)
    encoded = base64.b64encode(model.SerializeToString()).decode()
    cases[name] = {"model": encoded, "inputs": {key: listed(value) for key, value in fed.items()}, "output": listed(output)}


x = floats(2, 5, 8)
mask = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], np.int32)
case("Gelu", "Gelu", [x])
case("BiasGelu", "BiasGelu", [x, floats(8)])
case("FastGelu", "FastGelu", [x, floats(8)])
case("QuickGelu", "QuickGelu", [x])
case("FusedMatMul of a transposed B", "FusedMatMul", [floats(2, 3, 4), floats(2, 5, 4)], alpha=0.5, transB=1)
case("FusedMatMul of a transposed A", "FusedMatMul", [floats(2, 4, 3), floats(2, 4, 5)], transA=1)
case("SkipLayerNormalization", "SkipLayerNormalization", [x, floats(2, 5, 8), floats(8), floats(8), floats(8)], epsilon=1e-5)
case("SkipSimplifiedLayerNormalization", "SkipSimplifiedLayerNormalization", [x, floats(2, 5, 8), floats(8)], epsilon=1e-5)
case("SimplifiedLayerNormalization", "SimplifiedLayerNormalization", [x, floats(8)], domain="", epsilon=1e-5)
case("FusedConv with Relu", "FusedConv", [floats(1, 3, 6, 6), floats(4, 3, 3, 3), floats(4)], kernel_shape=[3, 3], pads=[1, 1, 1, 1], activation="Relu")
case("FusedGemm with LeakyRelu", "FusedGemm", [floats(3, 4), floats(4, 5), floats(5)], activation="LeakyRelu", activation_alpha=0.2)
case("EmbedLayerNormalization", "EmbedLayerNormalization",
     [rng.integers(0, 9, (2, 5)).astype(np.int32), rng.integers(0, 2, (2, 5)).astype(np.int32), floats(9, 8), floats(6, 8), floats(2, 8), floats(8), floats(8)],
     outputs=2, epsilon=1e-5)
case("Attention", "Attention", [x, floats(8, 24), floats(24)], num_heads=2)
case("Attention, causal", "Attention", [x, floats(8, 24), floats(24)], num_heads=2, unidirectional=1)
case("Attention with a mask", "Attention", [x, floats(8, 24), floats(24), mask], num_heads=2)
case("Attention with lengths", "Attention", [x, floats(8, 24), floats(24), np.array([3, 5], np.int32)], num_heads=2)
case("MultiHeadAttention", "MultiHeadAttention", [x, floats(2, 5, 8), floats(2, 5, 8), floats(24)], num_heads=2)
case("MultiHeadAttention with a mask", "MultiHeadAttention", [x, floats(2, 5, 8), floats(2, 5, 8), None, mask], num_heads=2)
case("MultiHeadAttention with a bias, causal", "MultiHeadAttention", [x, floats(2, 5, 8), floats(2, 5, 8), None, None, floats(2, 2, 5, 5)],
     num_heads=2, unidirectional=1)


def angles(half):
    return np.outer(np.arange(16), 1 / 10000 ** (np.arange(half) / half)).astype(np.float32)


case("RotaryEmbedding", "RotaryEmbedding", [floats(2, 5, 16), np.tile(np.arange(5), (2, 1)), np.cos(angles(4)), np.sin(angles(4))])
case("RotaryEmbedding of neighbours from position 3", "RotaryEmbedding", [floats(2, 5, 16), np.array([3]), np.cos(angles(4)), np.sin(angles(4))], interleaved=1)
empty = np.zeros((2, 2, 0, 16), np.float32)
case("GroupQueryAttention", "GroupQueryAttention",
     [floats(2, 5, 64), floats(2, 5, 32), floats(2, 5, 32), empty, empty, np.array([4, 4], np.int32), np.array([5], np.int32), np.cos(angles(8)), np.sin(angles(8))],
     outputs=3, constants=(6,), num_heads=4, kv_num_heads=2, do_rotary=1)
packed = rng.integers(0, 256, (6, 3, 8)).astype(np.uint8)
case("MatMulNBits", "MatMulNBits", [floats(2, 3, 40), packed, abs(floats(18))], constants=(1, 2), K=40, N=6, bits=4, block_size=16)
case("MatMulNBits with zero points", "MatMulNBits", [floats(2, 3, 40), packed, abs(floats(18)), rng.integers(0, 256, (12,)).astype(np.uint8)],
     constants=(1, 2, 3), K=40, N=6, bits=4, block_size=16)

file = pathlib.Path(__file__).with_suffix(".json.gz")
file.write_bytes(gzip.compress((json.dumps(cases) + "\n").encode(), mtime=0))
