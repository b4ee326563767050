"""A small ONNX graph as a torch.nn.Module: just the operators of the oracle models.

Each node becomes one submodule, `model.nodes[i]`, found by its output name with `model.layer(name)`, so captum's and
torch's hooks work on it. Rectifiers are nn.ReLU / nn.ReLU6 modules, convolutions nn.Conv2d: what an eager PyTorch user
would have written. float16 initializers are widened to the dtype asked for, and casts between floating types are dropped,
so with dtype=float64 the whole network is computed in float64 on exactly the stored weights.
"""

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F


class Apply(nn.Module):
    """A node without parameters: `function` of the node's inputs."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


class OnnxModule(nn.Module):
    def __init__(self, model, dtype=torch.float64, output=None, nodes=None):
        """`output` names the value to stop at: the logits before a softmax head. Default: the graph's first output.
        `nodes` stand in the place of the graph's own, e.g. with fused ones."""
        super().__init__()
        model = onnx.load(model) if isinstance(model, str) else model
        graph = model.graph
        constants = {t.name: np.array(numpy_helper.to_array(t)) for t in graph.initializer}
        self.input_names = [v.name for v in graph.input if v.name not in constants]
        self.output_name = output or graph.output[0].name
        self.dtype = dtype
        self.nodes = nn.ModuleList()
        self.steps = []
        for node in graph.node if nodes is None else nodes:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            if node.op_type == "Constant":
                constants[node.output[0]] = np.array(numpy_helper.to_array(attributes["value"]))
            elif node.op_type == "Cast" and node.input[0] in constants:
                constants[node.output[0]] = constants[node.input[0]].astype(np.float64)
            else:
                module, inputs = self._translate(node, attributes, constants)
                self.nodes.append(module)
                self.steps.append((node.op_type, inputs, node.output[0]))
            if node.output[0] == self.output_name:
                break
        last_use = {name: i for i, (_, inputs, _) in enumerate(self.steps) for name in inputs}
        self.released = [[n for n, last in last_use.items() if last == i] for i in range(len(self.steps))]

    def _tensor(self, array):
        return torch.tensor(np.asarray(array, dtype=np.float64)).to(self.dtype)

    def _translate(self, node, a, constants):
        op, inputs = node.op_type, list(node.input)
        if op == "Conv":
            return self._convolution(a, constants[inputs[1]], constants.get(inputs[2]) if len(inputs) > 2 else None), inputs[:1]
        if op == "Gemm":
            assert a.get("transA", 0) == 0 and a.get("alpha", 1.0) == 1.0 and a.get("beta", 1.0) == 1.0
            weight = constants[inputs[1]] if a.get("transB", 0) else constants[inputs[1]].T
            linear = nn.Linear(weight.shape[1], weight.shape[0], bias=len(inputs) > 2, dtype=self.dtype)
            linear.weight.data = self._tensor(weight)
            if len(inputs) > 2:
                linear.bias.data = self._tensor(constants[inputs[2]])
            return linear, inputs[:1]
        if op == "Relu":
            return nn.ReLU(), inputs
        if op == "Clip":
            low, high = (float(constants[i]) for i in inputs[1:3])
            return (nn.ReLU6() if (low, high) == (0.0, 6.0) else nn.Hardtanh(low, high)), inputs[:1]
        if op == "MaxPool":
            pads = a.get("pads", [0, 0, 0, 0])
            assert pads[:2] == pads[2:] and not a.get("ceil_mode", 0)
            return nn.MaxPool2d(a["kernel_shape"], a["strides"], pads[:2]), inputs
        if op == "GlobalAveragePool":
            return nn.AdaptiveAvgPool2d(1), inputs
        if op == "ReduceMean":
            axes = [int(i) for i in constants[inputs[1]]]
            return Apply(lambda x: x.mean(dim=axes, keepdim=bool(a.get("keepdims", 1)))), inputs[:1]
        if op == "ReduceSum":
            axes = [int(i) for i in constants[inputs[1]]]
            return Apply(lambda x: x.sum(dim=axes, keepdim=bool(a.get("keepdims", 1)))), inputs[:1]
        if op == "Reshape":
            shape = [int(i) for i in constants[inputs[1]]]
            return Apply(lambda x: x.reshape([x.shape[i] if (d == 0 and not a.get("allowzero", 0)) else d
                                              for i, d in enumerate(shape)])), inputs[:1]
        if op == "Flatten":
            return nn.Flatten(a.get("axis", 1)), inputs
        if op == "Linear":
            linear = nn.Linear(*constants[inputs[1]].shape, dtype=self.dtype)
            linear.weight.data, linear.bias.data = (self._tensor(constants[name]) for name in (inputs[1], inputs[2]))
            linear.weight.data = linear.weight.data.T.contiguous()
            return linear, inputs[:1]
        if op == "LayerNormalization":
            norm = nn.LayerNorm(constants[inputs[1]].shape, a["epsilon"], dtype=self.dtype)
            norm.weight.data, norm.bias.data = (self._tensor(constants[name]) for name in (inputs[1], inputs[2]))
            return norm, inputs[:1]
        if op == "ScaledDotProductAttention":
            return Apply(lambda q, k, v: F.scaled_dot_product_attention(q, k.transpose(1, 2), v, is_causal=bool(a["causal"]), scale=a["scale"])), inputs
        if op == "Gelu":
            return nn.GELU(a.get("approximate", b"none").decode()), inputs
        if op == "Transpose":
            return Apply(lambda x: x.permute(a["perm"])), inputs
        if op == "Slice":
            starts, ends, axes = ([int(i) for i in constants[name]] for name in inputs[1:4])
            assert len(inputs) < 5 or set(constants[inputs[4]].tolist()) == {1}
            places = {axis: slice(start, end) for axis, start, end in zip(axes, starts, ends)}
            return Apply(lambda x: x[tuple(places.get(axis, slice(None)) for axis in range(x.dim()))]), inputs[:1]
        if op == "Expand":
            shape = [int(i) for i in constants[inputs[1]]]
            return self._pointwise(lambda x: x.expand(shape), inputs[:1], constants)
        if op == "Concat":
            return self._pointwise(lambda *xs: torch.cat(xs, dim=a["axis"]), inputs, constants)
        if op == "Dropout" or op == "Cast":
            return nn.Identity(), inputs[:1]
        if op in POINTWISE:
            return self._pointwise(POINTWISE[op], inputs, constants)
        raise NotImplementedError(op)

    def _pointwise(self, function, inputs, constants):
        """`function` of all inputs, of which the graph's constants are given."""
        fixed = {i: self._tensor(constants[n]) for i, n in enumerate(inputs) if n in constants}
        live = [n for n in inputs if n not in constants]

        def apply(*values):
            values = iter(values)
            return function(*(fixed[i] if i in fixed else next(values) for i in range(len(inputs))))

        return Apply(apply), live

    def _convolution(self, a, weight, bias):
        group = a.get("group", 1)
        top, left, bottom, right = a.get("pads", [0, 0, 0, 0])
        same = (top, left) == (bottom, right)
        conv = nn.Conv2d(weight.shape[1] * group, weight.shape[0], weight.shape[2:], a.get("strides", [1, 1]),
                         (top, left) if same else 0, a.get("dilations", [1, 1]), group, bias is not None, dtype=self.dtype)
        conv.weight.data = self._tensor(weight)
        if bias is not None:
            conv.bias.data = self._tensor(bias)
        return conv if same else nn.Sequential(nn.ZeroPad2d((left, right, top, bottom)), conv)

    def layer(self, output_name):
        return self.nodes[[step[2] for step in self.steps].index(output_name)]

    def forward(self, *inputs, keep=None):
        """`keep`: a dict that receives every value by name."""
        values = dict(zip(self.input_names, inputs))
        for i, (_, names, output) in enumerate(self.steps):
            values[output] = self.nodes[i](*(values[n] for n in names))
            if keep is None:
                for name in self.released[i]:
                    if name != self.output_name:
                        values.pop(name, None)
        if keep is not None:
            keep.update(values)
        return values[self.output_name].flatten(1)


POINTWISE = {
    "Add": torch.add,
    "Sub": torch.sub,
    "Mul": torch.mul,
    "Sin": torch.sin,
    "Sigmoid": torch.sigmoid,
    "Tanh": torch.tanh,
    "Neg": torch.neg,
}
