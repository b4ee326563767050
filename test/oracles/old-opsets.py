"""Operators as opsets 1 to 12 wrote them, with outputs by numpy from their definitions (docs/Changelog.md of ONNX).

    python test/oracles/old-opsets.py             (numpy, onnx, onnxruntime)

Also a model with functions of its own and two quantised networks, with ONNX Runtime's outputs.
Writes old-opsets.json.gz in the form of contrib-operators.json.gz.
"""
import base64
import gzip
import json
import pathlib
import tempfile

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

rng = np.random.default_rng(0)
cases = {}
dtypes = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64}


def floats(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def listed(array):
    return {"dtype": str(array.dtype), "shape": list(array.shape), "data": [round(float(x), 9) for x in array.ravel()]}


def add(name, model, fed, output):
    cases[name] = {"model": base64.b64encode(model).decode(), "inputs": {key: listed(value) for key, value in fed.items()}, "output": listed(output)}


def old(opset, op, inputs, output, constants=(), **attributes):
    given = {f"i{k}": value for k, value in enumerate(inputs)}
    fed = {key: value for key, value in given.items() if int(key[1:]) not in constants}
    info = lambda key, value: helper.make_tensor_value_info(key, dtypes[str(value.dtype)], value.shape)
    node = helper.make_node(op, list(given), ["o"], **attributes)
    graph = helper.make_graph([node], op, [info(key, value) for key, value in fed.items()], [info("o", output)],
                              [numpy_helper.from_array(value, key) for key, value in given.items() if key not in fed])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=4)
    add(f"{op}-{opset}{' (' + ', '.join(attributes) + ')' if attributes else ''}", model.SerializeToString(), fed, output)


x = floats(2, 3, 4, 5)
c = floats(3)
side = c.reshape(3, 1, 1)
old(1, "Add", [x, c], x + side, broadcast=1, axis=1)
old(6, "Sub", [x, c], x - side, broadcast=1, axis=1)
old(6, "Div", [x, np.float32([2.0])], x / 2, broadcast=1)
old(1, "Pow", [abs(x), np.float32([2.0])], x * x, broadcast=1)
old(6, "Clip", [x], np.clip(x, -0.5, 0.7), min=-0.5, max=0.7)
old(1, "Sum", [x, x], 2 * x)
old(6, "Mean", [x, 3 * x], 2 * x)
old(6, "PRelu", [x, c], np.where(x < 0, side * x, x))
old(6, "BatchNormalization", [x, c, 2 * c, 3 * c, abs(c)], (x - 3 * side) / np.sqrt(abs(side) + 1e-3) * side + 2 * side,
    constants=(1, 2, 3, 4), is_test=1, epsilon=1e-3)
old(1, "Dropout", [x], x, is_test=1)
old(6, "Dropout", [x], x, is_test=1, ratio=0.3)
old(7, "Dropout", [x], x)
old(1, "Reshape", [x], x.reshape(2, 3, 20), shape=[0, 3, -1])
old(5, "Reshape", [x, np.int64([0, -1])], x.reshape(2, 60), constants=(1,))
old(1, "Pad", [x], np.pad(x, [(0, 0), (0, 0), (1, 2), (0, 1)], constant_values=1.5), paddings=[0, 0, 1, 0, 0, 0, 2, 1], value=1.5)
old(2, "Pad", [x], np.pad(x, [(0, 0), (0, 0), (1, 2), (0, 1)], mode="reflect"), pads=[0, 0, 1, 0, 0, 0, 2, 1], mode="reflect")
old(1, "Slice", [x], x[:, 1:3, :, -2:], axes=[1, 3], starts=[1, -2], ends=[3, 1000])
old(10, "Slice", [x, np.int64([3]), np.int64([-1000]), np.int64([2]), np.int64([-2])], x[:, :, 3::-2], constants=(1, 2, 3, 4))
old(1, "Squeeze", [x[:, :1]], x[:, 0], axes=[1])
old(11, "Unsqueeze", [x], x[:, None, ..., None], axes=[1, -1])
old(1, "Concat", [x, x], np.concatenate([x, x], 1))
old(1, "Tile", [x, np.int64([3]), np.int64([1])], np.tile(x, (1, 3, 1, 1)), constants=(1, 2))
soft = lambda rows: np.exp(rows) / np.exp(rows).sum(1, keepdims=True)
old(1, "Softmax", [x], soft(x.reshape(2, 60)).reshape(x.shape))
old(11, "Softmax", [x], soft(x.reshape(6, 20)).reshape(x.shape), axis=2)
old(7, "LogSoftmax", [x], np.log(soft(x.reshape(2, 60))).reshape(x.shape))
old(11, "Hardmax", [x], (x.reshape(2, 60) == x.reshape(2, 60).max(1, keepdims=True)).reshape(x.shape).astype(np.float32))
old(11, "ReduceSum", [x], x.sum((1, 3)), axes=[1, -1], keepdims=0)
old(1, "ReduceLogSumExp", [x], np.log(np.exp(x).sum((2, 3), keepdims=True)), axes=[2, 3])
old(7, "Upsample", [x], x.repeat(2, 2).repeat(3, 3), scales=[1.0, 1.0, 2.0, 3.0], mode="nearest")
old(9, "Upsample", [x, np.float32([1, 1, 2, 2])], x.repeat(2, 2).repeat(2, 3), constants=(1,))
old(10, "Resize", [x, np.float32([1, 1, 2, 2])], x.repeat(2, 2).repeat(2, 3), constants=(1,), mode="nearest")
a, b, d = floats(3, 4), floats(5, 4), floats(5)
old(6, "Gemm", [a, b, d], 0.5 * a @ b.T + 2 * d, broadcast=1, transB=1, alpha=0.5, beta=2.0)
old(9, "Scatter", [floats(3, 3) * 0, np.int64([[1, 0, 2]]), np.float32([[1, 2, 3]])], np.float32([[0, 2, 0], [1, 0, 0], [0, 0, 3]]))
old(1, "Selu", [x], np.where(x > 0, 1.0507 * x, 1.0507 * (1.6732 * np.exp(x) - 1.6732)).astype(np.float32))
old(6, "Cast", [x], np.trunc(x).astype(np.int64), to=TensorProto.INT64)
old(1, "Cast", [x], np.trunc(x).astype(np.int64), to="INT64")
old(1, "ImageScaler", [x], (2 * x + side).astype(np.float32), scale=2.0, bias=[float(v) for v in c])

# A function with an attribute, a default, and an input that calls leave out; one that calls the other.
inner = helper.make_function("own", "shifted", ["x", "by"], ["y"], [
    helper.make_node("Constant", [], ["k"], value_float=3.0),
    helper.make_node("Mul", ["x", "k"], ["scaled"]),
    helper.make_node("LeakyRelu", ["scaled"], ["y"], domain=""),
], [helper.make_opsetid("", 17)], attributes=[], attribute_protos=[helper.make_attribute("alpha", 0.25)])
reference = inner.node[2].attribute.add()
reference.name, reference.ref_attr_name, reference.type = "alpha", "alpha", 1
outer = helper.make_function("own", "twice", ["x"], ["y"], [
    helper.make_node("shifted", ["x", ""], ["once"], domain="own"),
    helper.make_node("shifted", ["once", ""], ["y"], domain="own", alpha=0.5),
], [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)])
flat = floats(2, 3)
graph = helper.make_graph([helper.make_node("twice", ["x"], ["o"], domain="own")], "functions",
                          [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 3])], [helper.make_tensor_value_info("o", TensorProto.FLOAT, [2, 3])])
model = helper.make_model(graph, functions=[inner, outer], opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("own", 1)], ir_version=9)
once = np.where(3 * flat < 0, 0.75 * flat, 3 * flat)
add("functions of the model's own", model.SerializeToString(), {"x": flat}, np.where(once < 0, 1.5 * once, 3 * once).astype(np.float32))

# A small network, quantised in both of ONNX Runtime's forms.
weights = {"w1": floats(6, 3, 3, 3) * 0.3, "b1": floats(6), "w2": floats(6, 6, 3, 3) * 0.2, "b2": floats(6), "w3": floats(5, 6), "b3": floats(5)}
nodes = [
    helper.make_node("Conv", ["x", "w1", "b1"], ["c1"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    helper.make_node("Relu", ["c1"], ["r1"]),
    helper.make_node("MaxPool", ["r1"], ["p1"], kernel_shape=[2, 2], strides=[2, 2]),
    helper.make_node("Conv", ["p1", "w2", "b2"], ["c2"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    helper.make_node("Add", ["c2", "p1"], ["s"]),
    helper.make_node("GlobalAveragePool", ["s"], ["g"]),
    helper.make_node("Flatten", ["g"], ["f"]),
    helper.make_node("Gemm", ["f", "w3", "b3"], ["o"], transB=1),
]
graph = helper.make_graph(nodes, "small", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
                          [helper.make_tensor_value_info("o", TensorProto.FLOAT, [1, 5])], [numpy_helper.from_array(v, k) for k, v in weights.items()])
plain = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
image = floats(1, 3, 8, 8)


class Samples(CalibrationDataReader):
    def __init__(self):
        self.left = iter([{"x": image}, {"x": floats(1, 3, 8, 8)}])

    def get_next(self):
        return next(self.left, None)


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    (folder / "plain.onnx").write_bytes(plain.SerializeToString())
    for form in (QuantFormat.QDQ, QuantFormat.QOperator):
        quantize_static(folder / "plain.onnx", folder / "q.onnx", Samples(), quant_format=form, per_channel=True, weight_type=QuantType.QInt8)
        model = (folder / "q.onnx").read_bytes()
        [output] = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]).run(["o"], {"x": image})
        add(f"quantised, {form.name}", model, {"x": image}, output)

pathlib.Path(__file__).with_suffix(".json.gz").write_bytes(gzip.compress((json.dumps(cases) + "\n").encode(), mtime=0))
