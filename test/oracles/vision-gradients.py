"""Gradients of the two vision models in float64, by PyTorch's autograd: what Glassbox must agree with to 1e-8.

    python test/oracles/vision-gradients.py            (needs torch, onnx, numpy, pillow; uses captum where installed)

Definitions. F = the target's logit (a softmax head is cut away), x = the preprocessed input, b = 0.
    gradient             g = dF/dx
    gradientTimesInput   g * x
    integratedGradients  (x - b) * sum_k w_k dF/dx(b + a_k (x - b)), with a_k = (1 + xi_k) / 2, w_k = omega_k / 2 and
                         xi, omega the 50 Gauss-Legendre nodes and weights on [-1, 1]
    gradCam              sum_c mean_hw(dF/dA_c) A_c at the named value A; no ReLU, no upsampling

Input, so that both sides start from the same bytes. An image is 224 x 224 RGB with 8 bits, u. The PNGs are the sample
photographs, shorter side resized to 256 (Pillow, bilinear with antialiasing), centre crop. "formula" is, at column x, row y,
    R = (x y >> 3) & 255,   G = (3 x + 5 y) & 255,   B = (2 (x xor y)) & 255.
RGB models:  float32((u / 255 - mean) / std), evaluated in float64 and rounded once.   BGR models:  u - mean, exact.

A map of 150,528 values is summarised by norms, 64 values at seeded positions and 32 projections on seeded +-1 vectors
(the stream of lcg.py; position seed and sign seed are in the file). Projection k uses draws k n .. k n + n - 1 of one stream.
Since E <r, d>^2 = |d|^2, the projections also estimate the relative L2 distance to any other map.
"""

import gzip
import hashlib
import io
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from lcg import Lcg
from onnx_torch import OnnxModule

HERE = Path(__file__).resolve().parent
OUT = HERE / "vision"
MODELS = HERE.parent.parent.parent / "shared" / "models"
SAMPLES = HERE.parent.parent.parent / "shared" / "samples"
POSITION_SEED, SIGN_SEED, POSITIONS, PROJECTIONS, STEPS = 1, 2, 64, 32, 50

CONFIGURATIONS = {
    "efficientnet-lite0": {
        "model": "efficientnet-lite0-imagenet.onnx",
        "logits": "logits",
        "preprocessing": {"channels": "RGB", "scale": 255, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
        "gradCamSites": ["hardtanh_32", "getitem_144"],
        "targets": {"chelsea-224.png": 281, "coffee-224.png": 967, "rocket-224.png": 657, "formula": None},
    },
    "squeezenet1.0": {
        "model": "squeezenet1.0-imagenet-fp16.onnx",
        "logits": "pool10_1",
        "preprocessing": {"channels": "BGR", "scale": 1, "mean": [104, 117, 123], "std": [1, 1, 1]},
        "gradCamSites": ["fire9/concat_1", "conv10_2"],
        "targets": {"chelsea-224.png": 281, "coffee-224.png": 967, "rocket-224.png": 733, "formula": None},
    },
}


def crop_sample(name, target):
    """Written once; afterwards the committed PNG is the truth, whatever a later Pillow's resize does."""
    if target.exists():
        return
    image = Image.open(SAMPLES / name).convert("RGB")
    scale = 256 / min(image.size)
    image = image.resize([round(s * scale) for s in image.size], Image.BILINEAR)
    left, top = ((s - 224) // 2 for s in image.size)
    image.crop((left, top, left + 224, top + 224)).save(target, optimize=True)


def pixels(name):
    if name != "formula":
        return np.asarray(Image.open(OUT / name).convert("RGB"))
    y, x = np.mgrid[0:224, 0:224]
    return np.stack([(x * y >> 3) & 255, (3 * x + 5 * y) & 255, (2 * (x ^ y)) & 255], axis=-1).astype(np.uint8)


def preprocess(rgb, p):
    image = rgb.astype(np.float64)
    if p["channels"] == "BGR":
        image = image[..., ::-1]
    image = (image / p["scale"] - np.array(p["mean"])) / np.array(p["std"])
    return np.ascontiguousarray(image.transpose(2, 0, 1)[None]).astype(np.float32).astype(np.float64)


def summary(values, signs=True):
    flat = np.asarray(values, dtype=np.float64).reshape(-1)
    n = flat.size
    positions = Lcg(POSITION_SEED).indices(POSITIONS, n)
    result = {
        "shape": list(np.shape(values)),
        "l2": float(np.sqrt(np.sum(flat * flat))),
        "sum": float(flat.sum()),
        "min": float(flat.min()), "argmin": int(flat.argmin()),
        "max": float(flat.max()), "argmax": int(flat.argmax()),
        "positions": positions.tolist(),
        "values": flat[positions].tolist(),
    }
    if signs:
        stream = Lcg(SIGN_SEED)
        result["projections"] = [float(np.dot(stream.signs(n), flat)) for _ in range(PROJECTIONS)]
    return result


def gradient(model, x, target):
    x = x.clone().requires_grad_(True)
    logits = model(x)
    return torch.autograd.grad(logits[:, target].sum(), x)[0], logits.detach()


def integrated_gradients(model, x, target, chunk=10):
    nodes, weights = np.polynomial.legendre.leggauss(STEPS)
    total = torch.zeros_like(x)
    for i in range(0, STEPS, chunk):
        alpha = torch.tensor((1 + nodes[i : i + chunk]) / 2).reshape(-1, 1, 1, 1).to(x.dtype)
        weight = torch.tensor(weights[i : i + chunk] / 2).reshape(-1, 1, 1, 1).to(x.dtype)
        total += (gradient(model, alpha * x, target)[0] * weight).sum(dim=0, keepdim=True)
    return x * total


def grad_cam(model, x, target, site):
    keep = {}
    logits = model(x.clone().requires_grad_(True), keep=keep)
    a = keep[site]
    g = torch.autograd.grad(logits[0, target], a)[0]
    return (g.mean(dim=(2, 3), keepdim=True) * a).sum(dim=1).detach()[0]


def decisions(model, x):
    """For every ReLU, ReLU6 and max pooling: which piece of the piecewise linear network this input is on."""
    keep, found = {}, []
    with torch.no_grad():
        model(x, keep=keep)
        for op, inputs, _ in model.steps:
            if op in ("Relu", "Clip"):
                v = keep[inputs[0]]
                found.append((v > 0).to(torch.int8) + ((v >= 6).to(torch.int8) if op == "Clip" else 0))
            elif op == "MaxPool":
                i = len(found)
                pool = model.nodes[[s[1] for s in model.steps].index(inputs)]
                found.append(torch.nn.functional.max_pool2d(keep[inputs[0]], pool.kernel_size, pool.stride, pool.padding,
                                                            return_indices=True)[1])
    return found


def relative_l2(a, reference):
    return float(np.linalg.norm(np.asarray(a, dtype=np.float64) - reference) / np.linalg.norm(reference))


def cross_check(model, x, target, maps, site, cam):
    try:
        import captum
        from captum.attr import InputXGradient, IntegratedGradients, LayerGradCam, Saliency
    except ImportError:
        return None
    theirs = {
        "gradient": Saliency(model).attribute(x.clone(), target=target, abs=False),
        "gradientTimesInput": InputXGradient(model).attribute(x.clone(), target=target),
        "integratedGradients": IntegratedGradients(model).attribute(
            x.clone(), target=target, n_steps=STEPS, method="gausslegendre", internal_batch_size=10),
        "gradCam": LayerGradCam(model, model.layer(site)).attribute(x.clone(), target=target),
    }
    ours = {**maps, "gradCam": cam}
    worst = {k: relative_l2(v.detach().numpy().reshape(-1), ours[k].numpy().reshape(-1)) for k, v in theirs.items()}
    # captum 0.9 rounds the quadrature's weights to float32 whatever the model's dtype: about 1e-8 of its own.
    assert worst["integratedGradients"] < 1e-6 and all(v < 1e-12 for k, v in worst.items() if k != "integratedGradients"), worst
    return {"version": captum.__version__, "relativeL2": worst}


def against_onnxruntime(path, x, logits):
    """An independent witness of the forward pass on the untouched file: logits, or probabilities where the file ends in softmax."""
    try:
        import onnxruntime
    except ImportError:
        return None
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    declared = session.get_inputs()[0]
    theirs = session.run(None, {declared.name: x.astype(np.float16 if "float16" in declared.type else np.float32)})[0].reshape(-1)
    ours = logits[0].numpy()
    if abs(float(theirs.astype(np.float64).sum()) - 1) < 1e-2:
        ours = np.exp(ours - ours.max()) / np.exp(ours - ours.max()).sum()
    return {"version": onnxruntime.__version__, "largestDifference": float(np.abs(theirs - ours).max())}


def one_case(double, single, x, image, target, configuration):
    xt = torch.tensor(x)
    g, logits = gradient(double, xt, 0 if target is None else target)
    if target is None:
        target = int(logits.argmax())
        g, logits = gradient(double, xt, target)
    ig = integrated_gradients(double, xt, target)
    with torch.no_grad():
        f_baseline = float(double(torch.zeros_like(xt))[0, target])
    f_input = float(logits[0, target])
    maps = {"gradient": g, "gradientTimesInput": g * xt, "integratedGradients": ig}
    cams = {site: grad_cam(double, xt, target, site) for site in configuration["gradCamSites"]}
    first = configuration["gradCamSites"][0]

    probability = torch.softmax(logits[0], dim=0)
    top = torch.argsort(logits[0], descending=True)[:5].tolist()
    xs = xt.to(torch.float32)
    g32, logits32 = gradient(single, xs, target)
    flipped = sum(int((a != b).sum()) for a, b in zip(decisions(double, xt), decisions(single, xs)))
    case = {
        "image": image,
        "target": target,
        "input": summary(x),
        "logits": summary(logits.numpy(), signs=False),
        "top5": [{"index": i, "logit": float(logits[0, i]), "probability": float(probability[i])} for i in top],
        "gradient": summary(g.numpy()),
        "gradientTimesInput": summary((g * xt).numpy()),
        "integratedGradients": {
            "steps": STEPS, "rule": "gauss-legendre", "baseline": 0, "fInput": f_input, "fBaseline": f_baseline,
            "delta": float(ig.sum()) - (f_input - f_baseline), **summary(ig.numpy()),
        },
        "gradCam": [{"site": s, "shape": list(c.shape), "values": c.reshape(-1).tolist()} for s, c in cams.items()],
        "float32": {
            "gradientRelativeL2": relative_l2(g32.numpy(), g.numpy()),
            "integratedGradientsRelativeL2": relative_l2(integrated_gradients(single, xs, target).numpy(), ig.numpy()),
            "largestLogitDifference": float((logits32.double() - logits).abs().max()),
            "flippedDecisions": flipped,
        },
        "onnxruntime": against_onnxruntime(MODELS / configuration["model"], x, logits),
        "captum": cross_check(double, xt, target, maps, first, cams[first]) if image == "chelsea-224.png" else None,
    }
    print(configuration["model"], image, target, top, f"IG delta {case['integratedGradients']['delta']:.4g}",
          case["float32"], case["onnxruntime"], case["captum"], flush=True)
    return case, g.numpy()


def write_gzipped_npy(path, array):
    raw = io.BytesIO()
    np.save(raw, array)
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(raw.getvalue())


def main():
    OUT.mkdir(exist_ok=True)
    for sample in ("chelsea.png", "coffee.png", "rocket.jpg"):
        crop_sample(sample, OUT / (Path(sample).stem + "-224.png"))
    for name, configuration in CONFIGURATIONS.items():
        path = MODELS / configuration["model"]
        double, single = (OnnxModule(str(path), dtype, configuration["logits"]) for dtype in (torch.float64, torch.float32))
        for model in (double, single):
            model.eval().requires_grad_(False)
        cases = []
        for image, target in configuration["targets"].items():
            case, g = one_case(double, single, preprocess(pixels(image), configuration["preprocessing"]), image, target,
                               configuration)
            cases.append(case)
            if image == "chelsea-224.png":
                write_gzipped_npy(OUT / f"{name}-chelsea-gradient.npy.gz", g.astype(np.float32))
        record = {
            "model": configuration["model"], "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "torch": torch.__version__, "inputName": double.input_names[0], "logits": configuration["logits"],
            "preprocessing": configuration["preprocessing"],
            "positionSeed": POSITION_SEED, "signSeed": SIGN_SEED, "cases": cases,
        }
        (OUT / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
