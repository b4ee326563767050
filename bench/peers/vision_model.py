"""What the PyTorch peers share: the two vision models as eager modules in float32, and a preprocessed photograph."""

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
ORACLES = ROOT / "test" / "oracles"
sys.path.insert(0, str(ORACLES))
from eager_idioms import with_idioms  # noqa: E402
from onnx_torch import OnnxModule  # noqa: E402

MODELS = ROOT.parent / "shared" / "models"
RGB = ("RGB", 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
BGR = ("BGR", 1, [104, 117, 123], [1, 1, 1])
VISION_MODELS = {
    "efficientnet-lite0": ("efficientnet-lite0-imagenet.onnx", "logits", RGB),
    "squeezenet1.0": ("squeezenet1.0-imagenet-fp16.onnx", "pool10_1", BGR),
}


def locate(file_name):
    shipped = ROOT / "samples" / "vision" / file_name
    return shipped if shipped.exists() else MODELS / file_name


def load(name):
    """The eager module, without a softmax head and without gradients of the weights, which nobody needs here."""
    if name.endswith(".onnx"):
        model = onnx.load(name)
        return OnnxModule(model, torch.float32, nodes=with_idioms(model.graph)).eval().requires_grad_(False)
    file_name, logits, _ = VISION_MODELS[name]
    return OnnxModule(str(locate(file_name)), torch.float32, logits).eval().requires_grad_(False)


def sample(name):
    """The photograph, or noise where the model takes no picture: one row."""
    if name.endswith(".onnx"):
        [given] = [value for value in onnx.load(name, load_external_data=False).graph.input]
        shape = [dimension.dim_value for dimension in given.type.tensor_type.shape.dim]
        if len(shape) != 4:
            return torch.randn([1, *shape[1:]], generator=torch.Generator().manual_seed(1))
    return photograph(name)


def photograph(name, crop="chelsea-224.png"):
    name = "efficientnet-lite0" if name.endswith(".onnx") else name
    channels, scale, mean, std = VISION_MODELS[name][2]
    image = np.asarray(Image.open(ORACLES / "vision" / crop).convert("RGB")).astype(np.float64)
    image = image[..., ::-1] if channels == "BGR" else image
    image = (image / scale - np.array(mean)) / np.array(std)
    return torch.tensor(np.ascontiguousarray(image.transpose(2, 0, 1)[None]), dtype=torch.float32)
