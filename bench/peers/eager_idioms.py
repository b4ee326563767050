"""Rewrites an ONNX graph into the modules that an eager PyTorch user writes where exporters leave primitives.

    x̂ = (x − mean x) / √(var x + ε), x̂ ⊙ w + b     →  LayerNormalization, nn.LayerNorm
    x · W + b                                        →  Linear, nn.Linear
    softmax(s · q · kᵀ + mask) · v                   →  ScaledDotProductAttention, F.scaled_dot_product_attention

The last two are no operators of ONNX: `OnnxModule` knows them. A pattern whose inner values are read elsewhere stays as it is.
"""

import numpy as np
from onnx import helper, numpy_helper


class Idioms:
    def __init__(self, graph, load=numpy_helper.to_array):
        self.graph = graph
        self.constants = {t.name: load(t) for t in graph.initializer}
        self.made = {name: node for node in graph.node for name in node.output}
        self.readers = {}
        for node in graph.node:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self.replaced = {}
        self.dropped = set()

    def producer(self, name, op):
        node = self.made.get(name)
        return node if node is not None and node.op_type == op else None

    def scalar(self, name):
        value = self.constants.get(name)
        return float(value.reshape(())) if value is not None and value.size == 1 else None

    def replace(self, nodes, last, op, inputs, **attributes):
        """`last` becomes one node; the others of the pattern go with it if nobody else reads them."""
        inside = [id(node) for node in (*nodes, last)]
        if any(id(reader) not in inside for node in nodes for reader in self.readers.get(node.output[0], [])):
            return
        self.replaced[id(last)] = helper.make_node(op, inputs, [last.output[0]], **attributes)
        self.dropped.update(inside)

    def split_constant(self, node, op):
        """The live input and the constant of a commutative node."""
        if node is None or node.op_type != op:
            return None, None
        for live, constant in (tuple(node.input), tuple(reversed(node.input))):
            if constant in self.constants and live not in self.constants:
                return live, constant
        return None, None

    def layer_norm(self, last):
        scaled, bias = self.split_constant(last, "Add")
        product = self.producer(scaled, "Mul")
        normal, gain = self.split_constant(product, "Mul")
        quotient = self.producer(normal, "Div")
        if quotient is None:
            return
        centred, root = self.producer(quotient.input[0], "Sub"), self.producer(quotient.input[1], "Sqrt")
        shifted = root and self.producer(root.input[0], "Add")
        variance, epsilon = self.split_constant(shifted, "Add")
        second = self.producer(variance, "ReduceMean")
        square = second and self.producer(second.input[0], "Mul")
        first = centred and self.producer(centred.input[1], "ReduceMean")
        if square is None or first is None or set(square.input) != {centred.output[0]} or first.input[0] != centred.input[0]:
            return
        self.replace([first, centred, square, second, shifted, root, quotient, product], last, "LayerNormalization",
                     [centred.input[0], gain, bias], axis=-1, epsilon=self.scalar(epsilon))

    def linear(self, last):
        product, bias = self.split_constant(last, "Add")
        matmul = self.producer(product, "MatMul")
        if matmul is not None and matmul.input[1] in self.constants and self.constants[bias].ndim == 1:
            self.replace([matmul], last, "Linear", [matmul.input[0], matmul.input[1], bias])

    def attention(self, last):
        softmax = self.producer(last.input[0], "Softmax") if last.op_type == "MatMul" else None
        if softmax is None:
            return
        scores, mask = self.split_constant(self.made.get(softmax.input[0]), "Add")
        biased = [self.made[softmax.input[0]]] if scores else []
        product = self.producer(scores or softmax.input[0], "MatMul")
        keys = product and self.producer(product.input[1], "Transpose")
        scaling = product and self.producer(product.input[0], "Mul")
        query, scale = self.split_constant(scaling, "Mul")
        if keys is None or query is None or list(helper.get_attribute_value(keys.attribute[0])) != [0, 2, 3, 1]:
            return
        causal = mask is not None and self.is_causal(self.constants[mask])
        if mask is None or causal:
            self.replace([scaling, keys, product, *biased, softmax], last, "ScaledDotProductAttention",
                         [query, keys.input[0], last.input[1]], scale=self.scalar(scale), causal=int(causal))

    @staticmethod
    def is_causal(mask):
        square = mask.reshape(mask.shape[-2:]) if mask.size == mask.shape[-1] * mask.shape[-2] else np.zeros((0, 1))
        return square.shape[0] == square.shape[1] and np.array_equal(square, np.triu(np.full(square.shape, -np.inf), 1))


def with_idioms(graph):
    """The nodes of the graph, as few as an eager user would write."""
    idioms = Idioms(graph)
    for node in graph.node:
        idioms.layer_norm(node)
        idioms.linear(node)
        idioms.attention(node)
    return [idioms.replaced.get(id(node), node) for node in graph.node if id(node) in idioms.replaced or id(node) not in idioms.dropped]
