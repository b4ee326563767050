"""Values and gradients of elementwise, reducing, moving and indexing core operators by PyTorch in float64,
as test/oracles/light-operators.json. Inputs are eighths, so that ties, zeros and kinks are met exactly; the
gradients are those of <w, y> with w = ((3 i) mod 7 - 2) / 4. Usage: python light-operators.py > light-operators.json
"""

import json
import math

import torch
import torch.nn.functional as F

cases = []


def eighths(shape, seed=0, low=-11, high=11):
    i = torch.arange(math.prod(shape), dtype=torch.int64)
    return (((7 * i * i + 3 * i + 5 * seed) % (high - low + 1)) + low).double().div(8).reshape(shape)


def index(shape, *values):
    return torch.tensor(values, dtype=torch.int64).reshape(shape)


def numbers(tensor):
    return [v if v % 1 else int(v) for v in tensor.detach().double().flatten().tolist()]


def case(op, attributes, inputs, f):
    inputs = [x.requires_grad_() if x.is_floating_point() else x for x in inputs]
    y = f(*inputs)
    w = ((3 * torch.arange(y.numel()) % 7) - 2).double().div(4).reshape(y.shape)
    floats = [x for x in inputs if x.is_floating_point()]
    grads = torch.autograd.grad((w * y).sum(), floats, allow_unused=True)
    kinds = {torch.float64: "float64", torch.int64: "int64", torch.bool: "bool"}
    cases.append(
        {
            "op": op,
            "attributes": attributes,
            "inputs": [{"dtype": kinds[x.dtype], "shape": list(x.shape), "values": numbers(x)} for x in inputs],
            "output": {"shape": list(y.shape), "values": numbers(y)},
            "gradients": [numbers(torch.zeros_like(x) if g is None else g) for x, g in zip(floats, grads)],
        }
    )


anywhere, positive, inside, above = [3, 5], (2, 24), (-7, 7), (9, 30)
for op, f, domain in [
    ("Neg", torch.neg, None), ("Abs", torch.abs, None), ("Exp", torch.exp, None), ("Log", torch.log, positive),
    ("Sqrt", torch.sqrt, positive), ("Reciprocal", torch.reciprocal, positive), ("Sin", torch.sin, None), ("Cos", torch.cos, None),
    ("Tan", torch.tan, None), ("Asin", torch.asin, inside), ("Acos", torch.acos, inside), ("Atan", torch.atan, None),
    ("Sinh", torch.sinh, None), ("Cosh", torch.cosh, None), ("Tanh", torch.tanh, None), ("Asinh", torch.asinh, None),
    ("Acosh", torch.acosh, above), ("Atanh", torch.atanh, inside), ("Erf", torch.erf, None), ("Sigmoid", torch.sigmoid, None),
    ("Softplus", F.softplus, None), ("Softsign", F.softsign, None), ("Floor", torch.floor, None), ("Ceil", torch.ceil, None),
    ("Round", torch.round, None), ("Sign", torch.sign, None), ("Relu", F.relu, None),
]:
    case(op, {}, [eighths(anywhere, 1, *(domain or (-11, 11)))], f)



def hard_sigmoid(v):
    """F.hardsigmoid, whose gradient in PyTorch is only that of a float32 1/6."""
    return torch.where((v > -3) & (v < 3), v / 6 + 0.5, (v >= 3).double())


x = lambda: eighths(anywhere, 2)
case("LeakyRelu", {"alpha": 0.25}, [x()], lambda v: F.leaky_relu(v, 0.25))
case("PRelu", {}, [eighths([2, 3, 4]), eighths([3, 1], 1)], lambda v, s: F.prelu(v, s.flatten()))
case("Elu", {"alpha": 1}, [x()], F.elu)
case("Elu", {"alpha": 0.5}, [eighths([4], 3)], lambda v: F.elu(v, 0.5))
case("Celu", {"alpha": 0.5}, [x()], lambda v: F.celu(v, 0.5))
case("Gelu", {}, [x()], F.gelu)
case("Gelu", {"approximate": "tanh"}, [x()], lambda v: F.gelu(v, approximate="tanh"))
case("ThresholdedRelu", {"alpha": 0.25}, [x()], lambda v: F.threshold(v, 0.25, 0.0))
case("Clip", {"min": -0.55, "max": 0.7}, [x()], lambda v: v.clamp(-0.55, 0.7))
case("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}, [x() * 4], hard_sigmoid)

pair = lambda: [eighths([2, 3, 4]), eighths([3, 1], 1)]
for op, f in [("Add", torch.add), ("Sub", torch.sub), ("Mul", torch.mul), ("Max", torch.maximum), ("Min", torch.minimum)]:
    case(op, {}, pair(), f)
case("Div", {}, [eighths([2, 3, 4]), eighths([3, 1], 1, 2, 24)], torch.div)
case("Pow", {}, [eighths([2, 3], 1, 1, 20), eighths([3], 2)], torch.pow)
case("Pow", {}, [torch.tensor([0.0, 0.0, 1.5, 2.0]).double(), torch.tensor([0.0, 2.0, 3.0, 0.0]).double()], torch.pow)
case("Mod", {"fmod": True}, [eighths([2, 3]) * 4, eighths([3], 1, 3, 9)], torch.fmod)
case("Max", {}, [torch.tensor([1.0, 2, 3]).double(), torch.tensor([1.0, 3, 3]).double()], torch.maximum)
case("Where", {}, [torch.tensor([[True], [False]]), eighths([3]), eighths([2, 3], 1)], torch.where)

for op, f in [
    ("ReduceSum", torch.sum), ("ReduceMean", torch.mean), ("ReduceMax", torch.amax), ("ReduceMin", torch.amin),
]:
    case(op, {"axes": [1], "keepdims": False}, [eighths([2, 6, 3])], lambda v, f=f: f(v, dim=1))
    case(op, {"axes": [0, 2], "keepdims": True}, [eighths([5, 2, 5])], lambda v, f=f: f(v, dim=(0, 2), keepdim=True))
case("ReduceProd", {"axes": [1], "keepdims": False}, [eighths([3, 5])], lambda v: v.prod(1))
case("ReduceProd", {"axes": [1], "keepdims": True}, [torch.tensor([[0.0, 2, 3], [0, 0, 3], [1, 2, 3]]).double()], lambda v: v.prod(1, keepdim=True))
case("CumSum", {"axis": 1}, [eighths([2, 4, 2])], lambda v: v.cumsum(1))
case("TopK", {"k": 3, "axis": 1}, [eighths([2, 5], 0, -20, 20)], lambda v: v.topk(3, 1)[0])

case("Reshape", {"shape": [4, 3]}, [eighths([2, 6])], lambda v: v.reshape(4, 3))
case("Transpose", {"perm": [2, 0, 1]}, [eighths([2, 3, 4])], lambda v: v.permute(2, 0, 1))
case("Expand", {"shape": [2, 3, 4]}, [eighths([3, 1])], lambda v: v.expand(2, 3, 4))
case("Concat", {"axis": 1}, [eighths([2, 3]), eighths([2, 1], 1)], lambda a, b: torch.cat([a, b], 1))
case("Slice", {"starts": [1, 0], "ends": [9, 9], "axes": [1, 2], "steps": [2, 3]}, [eighths([2, 6, 5])], lambda v: v[:, 1::2, ::3])
case("Slice", {"starts": [-1], "ends": [-99], "axes": [0], "steps": [-2]}, [eighths([7])], lambda v: v.flip(0)[::2])
case("Tile", {"repeats": [2, 3]}, [eighths([2, 3])], lambda v: v.repeat(2, 3))
for mode, name in [("reflect", "reflect"), ("edge", "replicate"), ("wrap", "circular")]:
    case("Pad", {"pads": [0, 0, 2, 1, 0, 0, 1, 2], "mode": mode}, [eighths([1, 2, 3, 4])], lambda v, name=name: F.pad(v, (1, 2, 2, 1), mode=name))
case("Pad", {"pads": [1, -1, 0, 2], "constant_value": 1.5}, [eighths([2, 3])], lambda v: F.pad(v, (-1, 2, 1, 0), value=1.5))

case("Gather", {"axis": 1}, [eighths([2, 4, 3]), index([2, 2], 0, 3, 3, 1)], lambda v, i: v[:, i])
case("GatherElements", {"axis": 1}, [eighths([2, 4]), index([2, 3], 0, 3, 3, 1, 1, 1)], lambda v, i: v.gather(1, i))
case("GatherND", {}, [eighths([3, 2, 2]), index([3, 2], 0, 1, 2, 0, 0, 1)], lambda v, i: v[i[:, 0], i[:, 1]])
where = lambda: index([2, 4], 0, 2, 1, 1, 0, 2, 1, 0)
case("ScatterElements", {"axis": 0, "reduction": "add"}, [eighths([3, 4]), where(), eighths([2, 4], 1)], lambda v, i, u: v.scatter_add(0, i, u))
for name, reduce in [("mul", "prod"), ("max", "amax"), ("min", "amin")]:
    scatter = lambda v, i, u, reduce=reduce: v.scatter_reduce(0, i, u, reduce)
    case("ScatterElements", {"axis": 0, "reduction": name}, [eighths([3, 4], 2), where(), eighths([2, 4], 1)], scatter)
case("ScatterElements", {"axis": 0}, [eighths([3, 2]), index([1, 2], 2, 0), eighths([1, 2], 1)], lambda v, i, u: v.scatter(0, i, u))
case("ScatterElements", {"axis": 0, "reduction": "max"}, [torch.zeros(2).double(), index([3], 0, 0, 1), torch.tensor([0.0, 0.0, -1.0]).double()],
     lambda v, i, u: v.scatter_reduce(0, i, u, "amax"))
case("Softmax", {"axis": 1}, [eighths([2, 4, 3])], lambda v: v.softmax(1))
case("LogSoftmax", {"axis": -1}, [eighths([2, 5])], lambda v: v.log_softmax(-1))

print('{"made by": "light-operators.py, PyTorch %s", "cases": [' % torch.__version__.split("+")[0])
print(",\n".join(json.dumps(c, separators=(",", ":")) for c in cases))
print("]}")
