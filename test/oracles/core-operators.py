"""Values and gradients of the heavy core operators by PyTorch in float64, as test/oracles/core-operators.json.

Inputs are exact binary fractions made by a formula that the TypeScript test repeats:
    pattern(shape, seed)[i] = ((7 i^2 + 3 i + 5 seed) mod 23 - 11) / 8
so convolutions and products come out exact, and maxima have ties. The gradients are those of
<pattern(y.shape, 99), y>. Usage: python core-operators.py > core-operators.json
"""

import json

import torch
import torch.nn.functional as F

cases = []


def pattern(shape, seed):
    i = torch.arange(int(torch.tensor(shape).prod()) if shape else 1, dtype=torch.int64)
    return ((((7 * i * i + 3 * i + 5 * seed) % 23) - 11).double() / 8).reshape(shape)


def numbers(tensor):
    return [v if v % 1 else int(v) for v in tensor.detach().flatten().tolist()]


def case(op, attributes, shapes, f):
    inputs = [None if s is None else pattern(s, k).requires_grad_() for k, s in enumerate(shapes)]
    outputs = f(*[x for x in inputs])
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    objective = sum((pattern(list(y.shape), 99) * y).sum() for y in outputs)
    grads = torch.autograd.grad(objective, [x for x in inputs if x is not None], allow_unused=True)
    left = iter(grads)
    cases.append(
        {
            "op": op,
            "attributes": attributes,
            "inputs": shapes,
            "outputs": [{"shape": list(y.shape), "values": numbers(y)} for y in outputs],
            "gradients": [None if x is None else numbers(next(left)) for x in inputs],
        }
    )


def padded(x, pads, value=0.0):
    rank = len(pads) // 2
    flat = [p for axis in reversed(range(rank)) for p in (pads[axis], pads[axis + rank])]
    return F.pad(x, flat, value=value)


def conv(x_shape, w_shape, bias, strides=1, pads=0, dilations=1, group=1):
    rank = len(x_shape) - 2
    full = lambda v: [v] * rank if isinstance(v, int) else v
    strides, dilations, pads = full(strides), full(dilations), [pads] * 2 * rank if isinstance(pads, int) else pads
    call = [F.conv1d, F.conv2d, F.conv3d][rank - 1]
    attributes = {"strides": strides, "pads": pads, "dilations": dilations, "group": group}
    f = lambda x, w, b=None: call(padded(x, pads), w, b, strides, 0, dilations, group)
    case("Conv", attributes, [x_shape, w_shape] + ([[w_shape[0]]] if bias else []), f)


def conv_transpose(x_shape, w_shape, bias, strides=1, pads=0, dilations=1, group=1, extra=0):
    rank = len(x_shape) - 2
    full = lambda v: [v] * rank if isinstance(v, int) else v
    strides, dilations, pads, extra = full(strides), full(dilations), full(pads), full(extra)
    call = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][rank - 1]
    attributes = {"strides": strides, "pads": pads * 2, "dilations": dilations, "group": group, "output_padding": extra}
    f = lambda x, w, b=None: call(x, w, b, strides, pads, extra, group, dilations)
    case("ConvTranspose", attributes, [x_shape, w_shape] + ([[w_shape[1] * group]] if bias else []), f)


conv([2, 3, 7], [4, 3, 3], True, strides=2, pads=[1, 0])
conv([1, 2, 5, 6], [3, 2, 3, 2], True, pads=[1, 0, 1, 1])
conv([2, 4, 5, 5], [6, 2, 3, 3], False, strides=2, pads=1, group=2)
conv([1, 3, 7, 6], [3, 1, 3, 3], True, strides=2, pads=[0, 0, 1, 1], group=3)
conv([1, 2, 6, 7], [2, 1, 3, 2], False, dilations=[2, 3], pads=[2, 1, 1, 2], group=2)
conv([1, 2, 7, 7], [3, 2, 1, 1], False, strides=2)
conv([1, 2, 3, 4, 4], [2, 2, 2, 3, 2], True, strides=[1, 2, 1], pads=[0, 1, 0, 1, 1, 1])
conv_transpose([2, 3, 4], [3, 2, 3], True, strides=2, pads=1, extra=1)
conv_transpose([1, 4, 3, 3], [4, 2, 3, 3], True, strides=2, pads=1, extra=1, group=2)
conv_transpose([1, 2, 4, 3], [2, 1, 2, 3], False, strides=[2, 3], dilations=[2, 1], group=2)
conv_transpose([1, 2, 2, 3, 2], [2, 2, 2, 2, 2], False, strides=[1, 2, 2])

case("MatMul", {}, [[2, 3], [3, 4]], torch.matmul)
case("MatMul", {}, [[2, 1, 3, 4], [5, 4, 2]], torch.matmul)
case("MatMul", {}, [[2, 5, 3], [3, 2]], torch.matmul)
case("MatMul", {}, [[3], [2, 3, 4]], torch.matmul)
case("MatMul", {}, [[2, 4, 3], [3]], torch.matmul)
case("MatMul", {}, [[6], [6]], torch.matmul)
for a, b, c, ta, tb in [([2, 3], [3, 4], [4], False, False), ([3, 2], [4, 3], [2, 1], True, True), ([3, 2], [3, 4], None, True, False), ([2, 3], [4, 3], [], False, True)]:
    turn = lambda m, t: m.T if t else m
    shapes = [a, b] + ([] if c is None else [c])
    law = lambda x, y, z=0.0, ta=ta, tb=tb: 0.5 * turn(x, ta) @ turn(y, tb) + 2.0 * z
    law_plain = lambda x, y, ta=ta, tb=tb: 0.5 * turn(x, ta) @ turn(y, tb)
    case("Gemm", {"alpha": 0.5, "beta": 2, "transA": ta, "transB": tb}, shapes, law if c is not None else law_plain)


def max_pool(x_shape, kernel, strides, pads=0, dilations=1, ceil=False):
    rank = len(kernel)
    pads, dilations = [pads] * rank, [dilations] * rank
    call = [F.max_pool1d, F.max_pool2d, F.max_pool3d][rank - 1]
    attributes = {"kernel_shape": kernel, "strides": strides, "pads": pads * 2, "dilations": dilations, "ceil_mode": ceil}
    case("MaxPool", attributes, [x_shape], lambda x: call(x, kernel, strides, pads, dilations, ceil))


max_pool([1, 2, 9], [3], [2], ceil=True)
max_pool([1, 2, 6, 6], [2, 2], [2, 2])
max_pool([2, 1, 8, 7], [3, 3], [2, 2], pads=1)
max_pool([1, 2, 8, 8], [3, 3], [2, 2], ceil=True)
max_pool([1, 1, 7, 9], [3, 2], [1, 3], dilations=2)
max_pool([1, 2, 5, 5], [5, 5], [1, 1])
max_pool([1, 1, 9, 9], [2, 2], [3, 3])
max_pool([1, 1, 5, 4, 6], [2, 2, 3], [2, 1, 2])
case("GlobalMaxPool", {}, [[2, 3, 4, 5]], lambda x: F.adaptive_max_pool2d(x, 1))


def average_pool(x_shape, kernel, strides, pads=0, ceil=False, include=False):
    rank = len(kernel)
    pads = [pads] * rank
    call = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][rank - 1]
    attributes = {"kernel_shape": kernel, "strides": strides, "pads": pads * 2, "ceil_mode": ceil, "count_include_pad": include}
    case("AveragePool", attributes, [x_shape], lambda x: call(x, kernel, strides, pads, ceil, include))


average_pool([1, 2, 8], [3], [2], pads=1)
average_pool([1, 2, 6, 6], [2, 3], [2, 3])
average_pool([2, 2, 7, 7], [3, 3], [2, 2], pads=1, include=True)
average_pool([1, 2, 7, 8], [3, 3], [1, 1], pads=1)
average_pool([1, 2, 8, 8], [3, 3], [3, 3], pads=1, ceil=True)
average_pool([1, 2, 8, 8], [3, 3], [3, 3], pads=1, ceil=True, include=True)
average_pool([1, 1, 4, 5, 6], [2, 2, 2], [2, 1, 3])
case("GlobalAveragePool", {}, [[2, 3, 4, 5]], lambda x: F.adaptive_avg_pool2d(x, 1))


def resize(x_shape, sizes, mode, coordinates, **other):
    torch_mode = {"nearest": "nearest", "linear": ["linear", "bilinear", "trilinear"][len(sizes) - 1], "cubic": "bicubic"}[mode]
    corners = None if mode == "nearest" else coordinates == "align_corners"
    attributes = {"mode": mode, "coordinate_transformation_mode": coordinates, "axes": list(range(2, len(x_shape))), "sizes": sizes, **other}
    case("Resize", attributes, [x_shape], lambda x: F.interpolate(x, sizes, mode=torch_mode, align_corners=corners, antialias="antialias" in other))


resize([1, 2, 3, 4], [6, 8], "nearest", "asymmetric", nearest_mode="floor")
resize([1, 2, 5, 4], [3, 9], "nearest", "asymmetric", nearest_mode="floor")
resize([1, 2, 5], [8], "linear", "half_pixel")
resize([1, 2, 3, 4], [7, 2], "linear", "half_pixel")
resize([1, 2, 3, 4], [5, 9], "linear", "align_corners")
resize([1, 1, 2, 3, 2], [4, 2, 3], "linear", "half_pixel")
resize([1, 2, 5, 4], [7, 3], "cubic", "half_pixel")
resize([1, 2, 4, 4], [9, 2], "cubic", "align_corners")
resize([1, 1, 9, 8], [4, 3], "linear", "half_pixel", antialias=True, exclude_outside=True)
resize([1, 1, 9, 8], [4, 3], "cubic", "half_pixel", antialias=True, exclude_outside=True, cubic_coeff_a=-0.5)

case("LayerNormalization", {"epsilon": 0.01}, [[2, 3, 5], [5], [5]], lambda x, w, b: F.layer_norm(x, [5], w, b, 0.01))
case("LayerNormalization", {"epsilon": 0.01, "axis": 1}, [[2, 3, 5], [3, 5]], lambda x, w: F.layer_norm(x, [3, 5], w, None, 0.01))
case("InstanceNormalization", {"epsilon": 0.01}, [[2, 3, 4, 3], [3], [3]], lambda x, w, b: F.instance_norm(x, None, None, w, b, eps=0.01))
case("GroupNormalization", {"epsilon": 0.01, "num_groups": 2}, [[2, 4, 3, 2], [4], [4]], lambda x, w, b: F.group_norm(x, 2, w, b, 0.01))
case("LRN", {"size": 3, "alpha": 0.5, "beta": 0.6, "bias": 1.5}, [[2, 5, 2, 3]], lambda x: F.local_response_norm(x, 3, 0.5, 0.6, 1.5))



def grid_sample(x_shape, grid_shape, mode, padding, corners):
    torch_mode = {"linear": "bilinear", "nearest": "nearest", "cubic": "bicubic"}[mode]
    attributes = {"mode": mode, "padding_mode": padding, "align_corners": corners}
    case("GridSample", attributes, [x_shape, grid_shape], lambda x, g: F.grid_sample(x, g, torch_mode, padding, corners))


grid_sample([2, 2, 3, 4], [2, 2, 3, 2], "linear", "zeros", False)
grid_sample([1, 2, 5, 4], [1, 3, 3, 2], "linear", "border", True)
grid_sample([1, 2, 3, 4], [1, 3, 4, 2], "linear", "reflection", False)
grid_sample([1, 2, 3, 4], [1, 3, 4, 2], "nearest", "reflection", False)
grid_sample([1, 2, 3, 4], [1, 3, 4, 2], "nearest", "zeros", True)
grid_sample([1, 2, 4, 5], [1, 3, 4, 2], "cubic", "zeros", False)
grid_sample([1, 2, 4, 5], [1, 3, 4, 2], "cubic", "reflection", True)
grid_sample([1, 1, 3, 2, 4], [1, 2, 2, 2, 3], "linear", "zeros", False)


def recurrent(op, time, batch, features, hidden, both=False, initial=True):
    """ONNX orders LSTM's gates i o f c and GRU's z r h, PyTorch i f c o and r z h; gradients flow through the reordering."""
    order = {"LSTM": [0, 2, 3, 1], "GRU": [1, 0, 2], "RNN": [0]}[op]
    directions, gates = (2 if both else 1), len(order)
    rows = torch.cat([torch.arange(hidden) + g * hidden for g in order])
    state = [directions, batch, hidden]
    shapes = [[time, batch, features], [directions, gates * hidden, features], [directions, gates * hidden, hidden], [directions, 2 * gates * hidden]]
    states = {"LSTM": 2, "GRU": 1, "RNN": 1}[op]
    attributes = {"direction": "bidirectional" if both else "forward", "hidden_size": hidden}
    if op == "GRU":
        attributes["linear_before_reset"] = True

    def f(x, w, r, bias, *starts):
        split = gates * hidden
        params = [p for d in range(directions) for p in (w[d][rows], r[d][rows], bias[d, :split][rows], bias[d, split:][rows])]
        starts = starts or tuple(torch.zeros(state, dtype=x.dtype) for _ in range(states))
        call = {"LSTM": torch._VF.lstm, "GRU": torch._VF.gru, "RNN": torch._VF.rnn_tanh}[op]
        y, *last = call(x, starts if op == "LSTM" else starts[0], params, True, 1, 0.0, False, both, False)
        return y.reshape(time, batch, directions, hidden).transpose(1, 2), *last

    case(op, attributes, shapes + ([None] + [state] * states if initial else []), f_without_lengths(f) if initial else f)


def f_without_lengths(f):
    return lambda x, w, r, bias, _lengths, *starts: f(x, w, r, bias, *starts)


for op in ["LSTM", "GRU", "RNN"]:
    recurrent(op, 3, 2, 3, 2)
    recurrent(op, 2, 1, 2, 3, both=True, initial=False)

print('{"made by": "core-operators.py, PyTorch %s", "cases": [' % torch.__version__.split("+")[0])
print(",\n".join(json.dumps(c, separators=(",", ":")) for c in cases))
print("]}")
