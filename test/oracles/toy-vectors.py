"""Attributions of toy networks in float64, by PyTorch and captum: literals of captum's own tests, and small nets with
everything a CNN has (stride, one-sided padding, groups, ReLU6, residual sum, max pooling).

    python test/oracles/toy-vectors.py                 (needs torch, onnx, numpy and captum)

toy-vectors.json:
    models[id]   a graph in ONNX operators: inputs [{name, shape}], initializers {name: {shape, data}},
                 nodes [{op, inputs, output, attributes}], output. Its value is flattened behind the batch axis; `target`
                 counts in that.
    cases[]      {id, model, method, inputs {name: flat values}, target, options, expected}; `expected` is {input: flat
                 values}, or {site: flat values} for methods of a layer; `literal` where the number is also printed upstream,
                 `limit` for the exact integral that a quadrature approximates, `captum` whether captum agreed to 1e-12.

Methods:
    gradient, gradientTimesInput
    integratedGradients   options steps (Gauss-Legendre), baseline per input; `delta` = sum of attributions - (F(x) - F(b))
    gradCam               options site, relu: relu?(sum_c mean_hw(dF/dA_c) A_c); on a [1, C] value the mean is over nothing
    layerGradientTimesActivation   options site
    neuronGradient        options site, neuron (flat index, or "sum"): gradient of that value with respect to the input
    guidedBackprop        backward law of a rectifier: max(g, 0) where it was active (0 < v, and v < 6 for Clip(0, 6)), else 0
    deconvnet             backward law of a rectifier: max(g, 0), whether it was active or not
                          (captum's two methods see nn.ReLU only and leave ReLU6 at its plain gradient; here both are ruled)
    smoothGrad, smoothGradSquared, varGrad   options noise: one flat row per sample, added to the input; the mean of the
                          gradients, of their squares, and the mean of squares - the square of the mean
"""

import json
from pathlib import Path

import captum
import captum.attr as attr
import numpy as np
import onnx
import torch
from onnx import helper
from torch import nn

from lcg import Lcg
from onnx_torch import OnnxModule

OUT = Path(__file__).resolve().parent / "toy-vectors.json"


def initializer(values):
    array = np.asarray(values, dtype=np.float64)
    return {"shape": list(array.shape), "data": array.reshape(-1).tolist()}


def node(op, inputs, output, **attributes):
    return {"op": op, "inputs": inputs, "output": output, "attributes": attributes}


def graph(inputs, initializers, nodes):
    return {
        "inputs": [{"name": n, "shape": s} for n, s in inputs.items()],
        "initializers": {n: initializer(v) for n, v in initializers.items()},
        "nodes": nodes,
        "output": nodes[-1]["output"],
    }


def linear(x, weight, output, bias=None):
    return node("Gemm", [x, weight] + ([bias] if bias else []), output, transB=1)


def residual_net():
    normal = lambda *shape: (Lcg(100 + len(made)).normals(int(np.prod(shape))) * 0.5).reshape(shape)
    made = {}
    for name, shape in {"w1": (4, 3, 3, 3), "b1": (4,), "w2": (4, 1, 3, 3), "b2": (4,), "w3": (4, 4, 1, 1), "w4": (5, 16), "b4": (5,)}.items():
        made[name] = normal(*shape)
    made["b2"] = made["b2"] + 2
    made |= {"zero": 0.0, "six": 6.0}
    return graph({"x": [1, 3, 8, 8]}, made, [
        node("Conv", ["x", "w1", "b1"], "conv1", strides=[2, 2], pads=[0, 0, 1, 1], kernel_shape=[3, 3]),
        node("Relu", ["conv1"], "relu1"),
        node("Conv", ["relu1", "w2", "b2"], "depthwise", strides=[1, 1], pads=[1, 1, 1, 1], kernel_shape=[3, 3], group=4),
        node("Clip", ["depthwise", "zero", "six"], "relu6"),
        node("Conv", ["relu6", "w3"], "pointwise", strides=[1, 1], pads=[0, 0, 0, 0], kernel_shape=[1, 1]),
        node("Add", ["pointwise", "relu1"], "add"),
        node("MaxPool", ["add"], "pool", kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0]),
        node("Flatten", ["pool"], "flat", axis=1),
        linear("flat", "w4", "logits", "b4"),
    ])


MODELS = {
    # captum's BasicModel_MultiLayer.
    "ML": graph({"x": [1, 3]}, {
        "w0": np.eye(3), "w1": np.ones((4, 3)), "b1": [-10, 1, 1, 1], "w2": np.ones((2, 4)), "b2": [-1, 1],
    }, [linear("x", "w0", "linear0"), linear("linear0", "w1", "linear1", "b1"), node("Relu", ["linear1"], "relu"),
        linear("relu", "w2", "linear2", "b2")]),
    # captum's BasicModel_ConvNet_One_Conv.
    "CNV": graph({"x": [1, 1, 4, 4]}, {
        "w1": np.ones((2, 1, 3, 3)), "b1": [-50, -75], "w2": np.tile([1, 1, 1, 1, 1, -1, -1, -1], (4, 1)),
    }, [node("Conv", ["x", "w1", "b1"], "conv1", strides=[1, 1], pads=[0, 0, 0, 0], kernel_shape=[3, 3]),
        node("Relu", ["conv1"], "relu1"), node("Flatten", ["relu1"], "flat", axis=1), linear("flat", "w2", "fc1"),
        node("Relu", ["fc1"], "relu2")]),
    # 2 relu(x1) + 2 relu(x2 - 1.5)
    "RL": graph({"x1": [1, 1], "x2": [1, 1]}, {"two": 2.0, "shift": 1.5}, [
        node("Relu", ["x1"], "r1"), node("Sub", ["x2", "shift"], "s2"), node("Relu", ["s2"], "r2"),
        node("Mul", ["r1", "two"], "m1"), node("Mul", ["r2", "two"], "m2"), node("Add", ["m1", "m2"], "y")]),
    # relu(relu(x1) - 1 - relu(x2)) and its twin of equal function, relu(relu(x1 - 1) - relu(x2))
    "B2": graph({"x1": [1, 1], "x2": [1, 1]}, {"one": 1.0}, [
        node("Relu", ["x1"], "r1"), node("Sub", ["r1", "one"], "s1"), node("Relu", ["x2"], "r2"),
        node("Sub", ["s1", "r2"], "d"), node("Relu", ["d"], "y")]),
    "B3": graph({"x1": [1, 1], "x2": [1, 1]}, {"one": 1.0}, [
        node("Sub", ["x1", "one"], "s1"), node("Relu", ["s1"], "r1"), node("Relu", ["x2"], "r2"),
        node("Sub", ["r1", "r2"], "d"), node("Relu", ["d"], "y")]),
    # 5 x + y^2 + sin z
    "XYZ": graph({"x": [1, 1], "y": [1, 1], "z": [1, 1]}, {"five": 5.0}, [
        node("Mul", ["x", "five"], "x5"), node("Mul", ["y", "y"], "y2"), node("Sin", ["z"], "sz"),
        node("Add", ["x5", "y2"], "s"), node("Add", ["s", "sz"], "f")]),
    # 1 - relu(1 - x): saturated at x = 2
    "SAT": graph({"x": [1, 1]}, {"one": 1.0}, [
        node("Sub", ["one", "x"], "s"), node("Relu", ["s"], "r"), node("Sub", ["one", "r"], "y")]),
    "SQUARE": graph({"x": [1, 1]}, {}, [node("Mul", ["x", "x"], "y")]),
    # Linear(3, 3) of twos, ReLU, Linear(3, 1) of threes
    "LRP1": graph({"x": [1, 3]}, {"w1": np.full((3, 3), 2.0), "w2": np.full((1, 3), 3.0)},
                  [linear("x", "w1", "hidden"), node("Relu", ["hidden"], "relu"), linear("relu", "w2", "y")]),
    "RES": residual_net(),
}


def to_module(definition):
    proto = helper.make_graph(
        [helper.make_node(n["op"], n["inputs"], [n["output"]], **n["attributes"]) for n in definition["nodes"]], "toy",
        [helper.make_tensor_value_info(i["name"], onnx.TensorProto.DOUBLE, i["shape"]) for i in definition["inputs"]],
        [helper.make_tensor_value_info(definition["output"], onnx.TensorProto.DOUBLE, [None, None])],
        [helper.make_tensor(n, onnx.TensorProto.DOUBLE, t["shape"], t["data"]) for n, t in definition["initializers"].items()],
    )
    model = helper.make_model(proto, opset_imports=[helper.make_opsetid("", 18)])
    onnx.checker.check_model(model, full_check=True)
    return OnnxModule(model).requires_grad_(False)


class RuledRectifier(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v, rule, top):
        ctx.save_for_backward(v)
        ctx.rule, ctx.top = rule, top
        return v.clamp(0, top)

    @staticmethod
    def backward(ctx, g):
        (v,) = ctx.saved_tensors
        active = (v > 0) & (v < ctx.top)
        return (g.clamp(min=0) * active if ctx.rule == "guidedBackprop" else g.clamp(min=0)), None, None


class Ruled(nn.Module):
    def __init__(self, rule, top):
        super().__init__()
        self.rule, self.top = rule, top

    def forward(self, v):
        return RuledRectifier.apply(v, self.rule, self.top)


def ruled_module(definition, rule):
    module = to_module(definition)
    for i, (op, _, _) in enumerate(module.steps):
        if op in ("Relu", "Clip"):
            module.nodes[i] = Ruled(rule, 6.0 if op == "Clip" else float("inf"))
    return module


def gradients(module, xs, target):
    xs = [x.clone().requires_grad_(True) for x in xs]
    return torch.autograd.grad(module(*xs)[:, target].sum(), xs)


def value(module, xs, target):
    with torch.no_grad():
        return float(module(*xs)[0, target])


def compute(model_id, method, xs, target, options):
    definition = MODELS[model_id]
    module = to_module(definition)
    names = [i["name"] for i in definition["inputs"]]
    extra, theirs = {}, None
    args = tuple(x.clone().requires_grad_(True) for x in xs)
    if method in ("gradient", "gradientTimesInput"):
        g = gradients(module, xs, target)
        ours = [a * x for a, x in zip(g, xs)] if method == "gradientTimesInput" else g
        theirs = (attr.InputXGradient(module).attribute(args, target=target) if method == "gradientTimesInput"
                  else attr.Saliency(module).attribute(args, target=target, abs=False))
    elif method == "integratedGradients":
        baselines = [torch.tensor(options["baseline"][n], dtype=torch.float64).reshape(x.shape) for n, x in zip(names, xs)]
        nodes, weights = np.polynomial.legendre.leggauss(options["steps"])
        totals = [torch.zeros_like(x) for x in xs]
        for xi, omega in zip(nodes, weights):
            g = gradients(module, [b + (1 + xi) / 2 * (x - b) for x, b in zip(xs, baselines)], target)
            totals = [t + omega / 2 * a for t, a in zip(totals, g)]
        ours = [(x - b) * t for x, b, t in zip(xs, baselines, totals)]
        extra["delta"] = float(sum(o.sum() for o in ours)) - (value(module, xs, target) - value(module, baselines, target))
        theirs = attr.IntegratedGradients(module).attribute(args, tuple(baselines), target=target, n_steps=options["steps"])
    elif method in ("gradCam", "layerGradientTimesActivation"):
        keep = {}
        out = module(*args, keep=keep)
        a = keep[options["site"]]
        g = torch.autograd.grad(out[0, target], a)[0]
        layer = module.layer(options["site"])
        if method == "gradCam":
            cam = (g.mean(dim=tuple(range(2, a.ndim)), keepdim=True) * a).sum(dim=1, keepdim=True).detach() if a.ndim > 2 \
                else (g * a).sum(dim=1, keepdim=True).detach()
            ours = [cam.clamp(min=0) if options["relu"] else cam]
            theirs = attr.LayerGradCam(module, layer).attribute(args, target=target, relu_attributions=options["relu"])
        else:
            ours = [(g * a).detach()]
            theirs = attr.LayerGradientXActivation(module, layer).attribute(args, target=target)
        names, theirs = [options["site"]], (theirs,)
    elif method == "neuronGradient":
        keep = {}
        module(*args, keep=keep)
        site = keep[options["site"]].flatten(1)
        ours = torch.autograd.grad(site.sum() if options["neuron"] == "sum" else site[0, options["neuron"]], args)
    elif method in ("guidedBackprop", "deconvnet"):
        ours = gradients(ruled_module(definition, method), xs, target)
        if not any(n["op"] == "Clip" for n in definition["nodes"]):
            theirs = (attr.GuidedBackprop if method == "guidedBackprop" else attr.Deconvolution)(module).attribute(args, target=target)
    else:
        rows = torch.tensor(options["noise"], dtype=torch.float64)
        g = torch.stack([gradients(module, [xs[0] + row.reshape(xs[0].shape)], target)[0] for row in rows])
        mean, square = g.mean(dim=0), (g * g).mean(dim=0)
        ours = [{"smoothGrad": mean, "smoothGradSquared": square, "varGrad": square - mean * mean}[method]]
    expected = {n: o.reshape(-1).tolist() for n, o in zip(names, ours)}
    if theirs is not None:
        difference = max(float((o.detach() - t.detach()).abs().max() / o.detach().abs().max().clamp(min=1e-300)) if o.numel() else 0
                         for o, t in zip(ours, theirs))
        # captum 0.9 keeps the quadrature's weights in float32.
        assert difference < (1e-6 if method == "integratedGradients" else 1e-12), (model_id, method, difference)
    return expected, extra, theirs is not None


def zero(model_id):
    return {i["name"]: [0.0] * int(np.prod(i["shape"])) for i in MODELS[model_id]["inputs"]}


def noise(count, size, sigma, seed):
    return (Lcg(seed).normals(count * size) * sigma).reshape(count, size).tolist()


def wanted():
    """(id, model, method, inputs, target, options, literal printed upstream or None, exact limit or None)"""
    x16 = {"x": list(range(16))}
    res = {"x": (Lcg(7).normals(192)).tolist()}
    ig = lambda model, steps=50, baseline=None: {"steps": steps, "baseline": baseline or zero(model)}
    yield "ML-gradient", "ML", "gradient", {"x": [20, 50, 30]}, 0, {}, None, None
    yield "ML-gradient-dead", "ML", "gradient", {"x": [0, 5, 4]}, 0, {}, None, None
    yield "ML-gradient-times-input", "ML", "gradientTimesInput", {"x": [20, 50, 30]}, 0, {}, [80, 200, 120], None
    yield "ML-ig", "ML", "integratedGradients", {"x": [0, 100, 0]}, 0, ig("ML"), None, [0, 390, 0]
    yield "ML-ig-500", "ML", "integratedGradients", {"x": [0, 100, 0]}, 0, ig("ML", 500), None, [0, 390, 0]
    yield "ML-ig-baseline", "ML", "integratedGradients", {"x": [3, 6, 2]}, 1, ig("ML", 50, {"x": [1, 2, -4]}), None, None
    yield "V6-linear0", "ML", "layerGradientTimesActivation", {"x": [0, 100, 0]}, 0, {"site": "linear0"}, [0, 400, 0], None
    yield "V6-linear1", "ML", "layerGradientTimesActivation", {"x": [0, 100, 0]}, 0, {"site": "linear1"}, [90, 101, 101, 101], None
    for neuron, literal in ((0, [0, 0, 0]), (1, [1, 1, 1]), ("sum", [3, 3, 3])):
        yield f"V10-{neuron}", "ML", "neuronGradient", {"x": [0, 5, 4]}, None, {"site": "relu", "neuron": neuron}, literal, None
    yield "V11", "ML", "gradCam", {"x": [0, 100, 0]}, 0, {"site": "linear0", "relu": False}, [400], None
    yield "V12-conv1", "CNV", "gradCam", x16, 0, {"site": "conv1", "relu": False}, [11.25, 13.5, 20.25, 22.5], None
    yield "V12-relu1", "CNV", "gradCam", x16, 0, {"site": "relu1", "relu": False}, [0, 4, 28, 32.5], None
    yield "V16", "CNV", "guidedBackprop", x16, 0, {}, [0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1], None
    yield "V17", "CNV", "deconvnet", x16, 0, {}, [2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1], None
    yield "CNV-gradient", "CNV", "gradient", x16, 0, {}, None, None
    yield "CNV-gradient-times-input", "CNV", "gradientTimesInput", x16, 0, {}, None, None
    yield "CNV-ig", "CNV", "integratedGradients", x16, 0, ig("CNV"), None, None
    yield "LRP1-gradient-times-input", "LRP1", "gradientTimesInput", {"x": [1, 2, 3]}, 0, {}, [18, 36, 54], None
    yield "RL-gradient", "RL", "gradient", {"x1": [1], "x2": [2]}, 0, {}, None, None
    yield "RL-ig", "RL", "integratedGradients", {"x1": [1], "x2": [2]}, 0, ig("RL"), None, [2, 1]
    for twin in ("B2", "B3"):
        yield f"V35-{twin}", twin, "integratedGradients", {"x1": [3], "x2": [1]}, 0, ig(twin), None, [1.5, -0.5]
    yield "V36", "XYZ", "integratedGradients", {"x": [1], "y": [2], "z": [3]}, 0, ig("XYZ", 20, {"x": [0.5], "y": [1], "z": [1]}), \
        None, [2.5, 3, float(np.sin(3) - np.sin(1))]
    yield "V39-gradient", "SAT", "gradient", {"x": [2]}, 0, {}, [0], None
    yield "V39-ig", "SAT", "integratedGradients", {"x": [2]}, 0, ig("SAT"), None, [1]
    for method in ("smoothGrad", "smoothGradSquared", "varGrad"):
        yield f"V41-{method}", "SQUARE", method, {"x": [3]}, 0, {"noise": noise(16, 1, 0.5, 41)}, None, None
        yield f"ML-{method}", "ML", method, {"x": [1, 5, 4]}, 0, {"noise": noise(16, 3, 1.0, 42)}, None, None
    for target in (0, 2):
        for method in ("gradient", "gradientTimesInput", "guidedBackprop", "deconvnet"):
            yield f"RES-{method}-{target}", "RES", method, res, target, {}, None, None
        for site in ("relu1", "add", "relu6"):
            yield f"RES-gradCam-{site}-{target}", "RES", "gradCam", res, target, {"site": site, "relu": False}, None, None
        yield f"RES-ig-{target}", "RES", "integratedGradients", res, target, ig("RES"), None, None
    yield "RES-smoothGrad", "RES", "smoothGrad", res, 2, {"noise": noise(4, 192, 0.25, 43)}, None, None


def main():
    cases = []
    for identifier, model, method, inputs, target, options, literal, limit in wanted():
        xs = [torch.tensor(inputs[i["name"]], dtype=torch.float64).reshape(i["shape"]) for i in MODELS[model]["inputs"]]
        expected, extra, agreed = compute(model, method, xs, target, options)
        flat = [v for values in expected.values() for v in values]
        if literal is not None:
            assert np.allclose(flat, literal, rtol=1e-12, atol=1e-12), (identifier, flat, literal)
        if limit is not None:
            assert np.allclose(flat, limit, rtol=0.05, atol=0.05), (identifier, flat, limit)
        cases.append({"id": identifier, "model": model, "method": method, "inputs": inputs, "target": target,
                      "options": options, "expected": expected, **extra, "literal": literal, "limit": limit, "captum": agreed})
        print(identifier, [round(v, 6) for v in flat[:6]], extra, "captum" if agreed else "")
    record = {"torch": torch.__version__, "captum": captum.__version__,
              "models": MODELS, "cases": cases}
    OUT.write_text(json.dumps(record, separators=(",", ":")).replace('{"id"', '\n{"id"') + "\n")


if __name__ == "__main__":
    main()
