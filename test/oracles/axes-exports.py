"""What the axes of modules mean in PyTorch, for about fifty small networks as its two exporters write them.

    python test/oracles/axes-exports.py [name …]        (torch, timm, torchvision, transformers, onnx, onnxscript)

Writes test/oracles/axes/NAME.onnx.gz and axes.json: for each network, the axes of the output of each module that was
called once. The meaning is what the module's author wrote: each network says which layout its modules have, and rows,
columns, channels and tokens have different extents where the network allows it, so that a wrong layout does not fit.
Parameters are constants, one number for each, because only the structure counts: that compresses well.
"""
import gzip
import io
import json
import pathlib
import re
import sys
import warnings

import onnx
import timm
import torch
import torchvision
import transformers
from timm.models import mlp_mixer as mlp
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()
folder = pathlib.Path(__file__).parent / "axes"
folder.mkdir(exist_ok=True)

NCHW = ["batch", "channel", "row", "column"]
NHWC = ["batch", "row", "column", "channel"]
NCDHW = ["batch", "channel", "depth", "row", "column"]
NCT = ["batch", "channel", "time"]
NTC = ["batch", "time", "channel"]
TOKENS = ["batch", "token", "feature"]
WINDOWS = ["batch × window", "token", "feature"]
VECTOR = ["batch", "feature"]
PICTURE = {4: NCHW, 2: VECTOR}
PATCHES = {4: NCHW, 3: TOKENS, 2: VECTOR}
LAST = {4: NHWC, 3: TOKENS, 2: VECTOR}
TEXT = {3: TOKENS, 2: VECTOR}


def picture(*size):
    return torch.randn(1, 3, *size)


class Audio(nn.Module):
    """Convolutions over the wave, a recurrent layer over time."""

    def __init__(self):
        super().__init__()
        self.front = nn.Sequential(nn.Conv1d(1, 8, 9, 4), nn.BatchNorm1d(8), nn.ReLU(), nn.MaxPool1d(2))
        self.gru = nn.GRU(8, 6)
        self.norm = nn.LayerNorm(6)
        self.head = nn.Linear(6, 5)

    def forward(self, x):
        x = self.front(x).permute(2, 0, 1)
        x, _ = self.gru(x)
        return self.head(self.norm(x.transpose(0, 1)).mean(1))


class AudioTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.front = nn.Conv1d(1, 12, 8, 8)
        self.block = nn.TransformerEncoderLayer(12, 3, 20, batch_first=True)
        self.head = nn.Linear(12, 5)

    def forward(self, x):
        return self.head(self.block(self.front(x).transpose(1, 2)).mean(1))


class Volume(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv3d(1, 6, 3, padding=1), nn.BatchNorm3d(6), nn.ReLU(), nn.MaxPool3d(2), nn.Conv3d(6, 9, 3), nn.GELU())
        self.head = nn.Linear(9, 4)

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3, 4)))


class SuperResolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Conv2d(3, 8, 5, padding=2)
        self.up = nn.Conv2d(8, 12, 3, padding=1)
        self.shuffle = nn.PixelShuffle(2)
        self.down = nn.PixelUnshuffle(4)
        self.head = nn.Conv2d(48, 5, 1)

    def forward(self, x):
        return self.head(self.down(self.shuffle(self.up(torch.tanh(self.body(x))))))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two, self.three = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 10, 3, 2, 1), nn.Conv2d(10, 14, 3, 2, 1)
        self.up1, self.mix1 = nn.ConvTranspose2d(14, 10, 2, 2), nn.Conv2d(20, 10, 3, padding=1)
        self.up2, self.mix2 = nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(16, 6, 3, padding=1)
        self.head = nn.Conv2d(6, 4, 1)

    def forward(self, x):
        a = F.relu(self.one(x)); b = F.relu(self.two(a)); c = F.relu(self.three(b))
        y = self.mix1(torch.cat([self.up1(c), b], 1))
        return self.head(self.mix2(torch.cat([self.up2(y), a], 1)))


class Unfolded(nn.Module):
    """Patches by unfold, then a linear layer, as im2col has them; a class token; positions."""

    def __init__(self, token=True):
        super().__init__()
        self.embed = nn.Linear(3 * 8 * 8, 20)
        self.token = nn.Parameter(torch.zeros(1, 1, 20)) if token else None
        self.place = nn.Parameter(torch.zeros(1, 24 + token, 20))
        self.block = nn.TransformerEncoderLayer(20, 4, 30, batch_first=True, norm_first=True)
        self.norm = nn.LayerNorm(20)
        self.head = nn.Linear(20, 5)

    def forward(self, x):
        n, c, h, w = x.shape
        x = x.reshape(n, c, h // 8, 8, w // 8, 8).permute(0, 2, 4, 3, 5, 1).reshape(n, (h // 8) * (w // 8), 64 * c)
        x = self.embed(x)
        if self.token is not None:
            x = torch.cat([self.token.expand(n, -1, -1), x], 1)
        x = self.norm(self.block(x + self.place))
        return self.head(x[:, 0] if self.token is not None else x.mean(1))


class ChannelsLast(nn.Module):
    """A picture that comes with its channels last, as TensorFlow's exporters have it."""

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 8, 3, 2, 1), nn.Conv2d(8, 11, 3, 2, 1)
        self.dense, self.norm, self.head = nn.Linear(11, 13), nn.LayerNorm(13), nn.Linear(13, 5)

    def forward(self, x):
        x = self.two(F.relu(self.one(x.permute(0, 3, 1, 2)))).permute(0, 2, 3, 1)
        return self.head(self.norm(F.relu(self.dense(x))).mean((1, 2)))


class TextConvolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(50, 12)
        self.narrow, self.wide = nn.Conv1d(12, 7, 3, padding=1), nn.Conv1d(12, 7, 5, padding=2)
        self.head = nn.Linear(14, 3)

    def forward(self, x):
        x = self.embed(x).transpose(1, 2)
        return self.head(torch.cat([F.relu(self.narrow(x)).amax(2), F.relu(self.wide(x)).amax(2)], 1))


class Series(nn.Module):
    """A time series of sensors: a transformer over its steps."""

    def __init__(self):
        super().__init__()
        self.lstm, self.norm, self.head = nn.LSTM(9, 16, batch_first=True, bidirectional=True), nn.LayerNorm(32), nn.Linear(32, 4)

    def forward(self, x):
        return self.head(self.norm(self.lstm(x)[0])[:, -1])


class NonLocal(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 12, 3, 2, 1)
        self.theta, self.phi, self.g, self.out = (nn.Conv2d(*s, 1) for s in ((12, 5), (12, 5), (12, 7), (7, 12)))
        self.head = nn.Linear(12, 4)

    def forward(self, x):
        x = F.relu(self.stem(x))
        n, _, h, w = x.shape
        theta, phi, g = self.theta(x).flatten(2).transpose(1, 2), self.phi(x).flatten(2), self.g(x).flatten(2).transpose(1, 2)
        y = (torch.softmax(theta @ phi, -1) @ g).transpose(1, 2).reshape(n, 7, h, w)
        return self.head((x + self.out(y)).mean((2, 3)))


class Excited(nn.Module):
    """Squeeze and excitation, a group norm, a channel shuffle."""

    def __init__(self):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(3, 12, 3, 2, 1), nn.GroupNorm(3, 12)
        self.squeeze, self.excite, self.head = nn.Conv2d(12, 4, 1), nn.Conv2d(4, 12, 1), nn.Linear(12, 4)

    def forward(self, x):
        x = self.norm(self.stem(x))
        n, _, h, w = x.shape
        x = x.reshape(n, 4, 3, h, w).transpose(1, 2).reshape(n, 12, h, w)
        x = x * torch.sigmoid(self.excite(F.relu(self.squeeze(x.mean((2, 3), keepdim=True)))))
        return self.head(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.seed, self.up, self.out = nn.Linear(10, 8 * 3 * 5), nn.ConvTranspose2d(8, 6, 4, 2, 1), nn.Conv2d(6, 3, 3, padding=1)

    def forward(self, z):
        return self.out(F.relu(self.up(self.seed(z).reshape(-1, 8, 3, 5))))


class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten, self.one, self.two = nn.Flatten(), nn.Linear(12 * 10, 20), nn.Linear(20, 4)

    def forward(self, x):
        return self.two(F.relu(self.one(self.flatten(x))))


class Detection(nn.Module):
    """Features of a grid as an encoder's tokens, learned queries for a decoder, and boxes."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 8, 8)
        self.encoder = nn.TransformerEncoderLayer(16, 4, 24)
        self.boxes, self.scores = nn.Linear(16, 4), nn.Linear(16, 7)

    def forward(self, x):
        y = self.stem(x).flatten(2).permute(2, 0, 1)
        y = self.encoder(y).permute(1, 0, 2)
        return torch.cat([self.boxes(y), self.scores(y)], -1)


class Logits(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x).logits


def timm_model(name, **more):
    return lambda: timm.create_model(name, pretrained=False, num_classes=5, **more)


def hugging(cls, config):
    return lambda: Logits(cls(config))


small = {"hidden_size": 24, "num_attention_heads": 3, "intermediate_size": 32}
eager = {"attn_implementation": "eager"}
words = torch.arange(7).reshape(1, 7)
tiny = {"img_size": (32, 48), "patch_size": 8, "embed_dim": 24, "depth": 2, "num_heads": 3}
swin = {"img_size": (32, 64), "patch_size": 2, "window_size": 4, "embed_dim": 24, "depths": (2, 2), "num_heads": (2, 4)}
tv = torchvision.models
in_windows = (r"\.attn(\.|$)", {3: WINDOWS})
first_conv = (r"patch_embed\.proj|patch_embeddings\.projection", {4: NCHW})
skip = (r"", {})

# name: model, input, exporter, layout by rank, exceptions by the module's path
cases = {
    "resnet": (timm_model("test_resnet"), picture(64, 96), "script", PICTURE, []),
    "resnet-dynamo": (timm_model("test_resnet"), picture(64, 96), "dynamo", PICTURE, []),
    "efficientnet": (timm_model("test_efficientnet"), picture(64, 96), "script", PICTURE, []),
    "efficientnet-gn": (timm_model("test_efficientnet_gn"), picture(64, 96), "dynamo", PICTURE, []),
    "byobnet": (timm_model("test_byobnet"), picture(64, 96), "script", PICTURE, []),
    "nfnet": (timm_model("test_nfnet"), picture(64, 96), "script", PICTURE, []),
    "mobilenet-v3": (lambda: tv.mobilenet_v3_small(num_classes=5, width_mult=0.25), picture(64, 96), "dynamo", PICTURE, []),
    "densenet": (lambda: tv.DenseNet(8, (2, 2), 12, 2, num_classes=5), picture(64, 96), "script", PICTURE, []),
    "squeezenet": (lambda: tv.squeezenet1_1(num_classes=5), picture(64, 96), "script", PICTURE, []),
    "shufflenet": (lambda: tv.ShuffleNetV2([1, 2, 1], [8, 16, 24, 32, 40], num_classes=5), picture(64, 96), "dynamo", PICTURE, []),
    "convnext": (timm_model("test_convnext"), picture(64, 96), "script", PICTURE, [(r"\.mlp(\.|$)|blocks\.\d\.norm$", {4: NHWC})]),
    "convnext-dynamo": (timm_model("test_convnext2"), picture(64, 96), "dynamo", PICTURE, [(r"\.mlp(\.|$)|blocks\.\d\.norm$", {4: NHWC})]),
    "convnext-torchvision": (
        lambda: tv.ConvNeXt([tv.convnext.CNBlockConfig(16, 28, 1), tv.convnext.CNBlockConfig(28, None, 1)], num_classes=5),
        picture(64, 96), "script", PICTURE, [(r"block\.[1-5]$", {4: NHWC})]),
    "vit": (timm_model("vit_tiny_patch16_224", **tiny), picture(32, 48), "script", PATCHES, []),
    "vit-dynamo": (timm_model("vit_tiny_patch16_224", **tiny), picture(32, 48), "dynamo", PATCHES, []),
    "vit-registers": (timm_model("vit_tiny_patch16_224", reg_tokens=4, global_pool="avg", **tiny), picture(32, 48), "dynamo", PATCHES, []),
    "vit-torchvision": (
        lambda: tv.VisionTransformer(image_size=32, patch_size=8, num_layers=2, num_heads=3, hidden_dim=24, mlp_dim=40, num_classes=5),
        picture(32, 32), "script", PATCHES, []),
    "deit-distilled": (timm_model("deit_tiny_distilled_patch16_224", **tiny), picture(32, 48), "script", PATCHES, []),
    "vit-relpos": (timm_model("vit_relpos_small_patch16_224", **tiny), picture(32, 48), "script", PATCHES, []),
    "beit": (timm_model("beit_base_patch16_224", **tiny), picture(32, 48), "script", PATCHES, []),
    "eva": (timm_model("eva02_tiny_patch14_224", **tiny), picture(32, 48), "dynamo", PATCHES, []),
    "swin": (timm_model("swin_tiny_patch4_window7_224", **swin), picture(32, 64), "script", LAST,
             [first_conv, in_windows]),
    "swin-dynamo": (timm_model("swin_tiny_patch4_window7_224", **swin), picture(32, 64), "dynamo", LAST, [first_conv, in_windows]),
    "swin-torchvision": (
        lambda: tv.SwinTransformer([2, 2], 24, [2, 2], [2, 4], [4, 4], num_classes=5), picture(32, 64), "script", LAST,
        [(r"features\.0\.0$", {4: NCHW}), (r"permute$", {4: NCHW}), (r"avgpool", {4: NCHW})]),
    "swin-v2": (timm_model("swinv2_tiny_window8_256", **swin), picture(32, 64), "dynamo", LAST, [first_conv, in_windows, (r"cpb_mlp", {})]),
    "mixer": (lambda: mlp.MlpMixer(img_size=(32, 48), patch_size=8, embed_dim=20, num_blocks=2, num_classes=5), picture(32, 48), "script", PATCHES,
              [(r"mlp_tokens", {})]),
    "gmlp": (lambda: mlp.MlpMixer(img_size=(32, 48), patch_size=8, embed_dim=20, num_blocks=2, num_classes=5, mlp_ratio=(1, 4), block_layer=mlp.SpatialGatingBlock, mlp_layer=timm.layers.GatedMlp), picture(32, 48), "script", PATCHES,
             [(r"gate\.proj", {})]),
    "resmlp": (lambda: mlp.MlpMixer(img_size=(32, 48), patch_size=8, embed_dim=20, num_blocks=2, num_classes=5, mlp_ratio=4, block_layer=mlp.ResBlock, norm_layer=mlp.Affine), picture(32, 48), "dynamo", PATCHES,
               [(r"linear_tokens", {})]),
    "cait": (timm_model("cait_xxs24_224", **tiny), picture(32, 48), "script", PATCHES, [(r"proj_[lw]$", {})]),
    "xcit": (timm_model("xcit_nano_12_p8_224", img_size=(32, 48), embed_dim=24, depth=2, num_heads=3), picture(32, 48), "script", PATCHES, [(r"cls_attn_blocks\.\d\.(norm2|mlp)", {3: ["batch", "class token", "feature"]})]),
    "poolformer": (timm_model("poolformer_s12", depths=(1, 1, 1, 1), dims=(8, 12, 16, 20)), picture(64, 96), "script", PICTURE, []),
    "pvt": (timm_model("pvt_v2_b0", depths=(1, 1, 1, 1), embed_dims=(8, 16, 40, 64)), picture(64, 96), "script", LAST,
            [(r"patch_embed\.(proj|conv)|downsample\.proj|\.sr$|dwconv|^stages(\.\d)?$", {4: NCHW}), (r"norm$", {4: NHWC}), (r"patch_embed$|downsample$", {4: NHWC})]),
    "coatnet": (timm_model("test_coatnet", img_size=64), picture(64, 64), "script", PICTURE, []),
    "maxvit": (timm_model("test_maxvit", img_size=64), picture(64, 64), "dynamo", PICTURE, [(r"\.attn_(block|grid)", {})]),
    "mambaout": (timm_model("test_mambaout"), picture(64, 96), "script", LAST, [(r"conv", {4: NCHW}), (r"stem\.act", {4: NCHW})]),
    "levit": (timm_model("levit_128s", img_size=64, embed_dim=(32, 48, 64), num_heads=(2, 3, 4), depth=(1, 1, 1)), picture(64, 64), "script", PATCHES,
              [(r"\.bn$", {2: None, 3: TOKENS, 4: NCHW})]),
    "twins": (timm_model("twins_svt_small", img_size=(64, 64), embed_dims=(8, 16, 24, 32), depths=(1, 2, 1, 1), num_heads=(1, 2, 3, 4)), picture(64, 64), "script", PATCHES, []),
    "huggingface-vit": (hugging(transformers.ViTForImageClassification, transformers.ViTConfig(image_size=(32, 48), patch_size=8, num_hidden_layers=2, num_labels=5, **small, **eager)),
                        picture(32, 48), "script", PATCHES, []),
    "huggingface-swin": (hugging(transformers.SwinForImageClassification, transformers.SwinConfig(image_size=32, patch_size=2, embed_dim=12, depths=[2, 1], num_heads=[2, 2], window_size=4, num_labels=5, **eager)),
                         picture(32, 32), "dynamo", PATCHES, [(r"attention", {3: WINDOWS}), (r"pooler$", {3: ["batch", "feature", "token"]})]),
    "huggingface-segformer": (hugging(transformers.SegformerForImageClassification, transformers.SegformerConfig(depths=[1, 1], num_encoder_blocks=2, hidden_sizes=[8, 16], num_attention_heads=[1, 2], sr_ratios=[4, 2], patch_sizes=[7, 3], strides=[4, 2], mlp_ratios=[2, 2], num_labels=5, **eager)),
                              picture(64, 96), "script", PATCHES, []),
    "huggingface-bert": (hugging(transformers.BertForSequenceClassification, transformers.BertConfig(num_hidden_layers=2, vocab_size=50, num_labels=5, **small, **eager)), words, "script", TEXT, []),
    "huggingface-gpt2": (hugging(transformers.GPT2LMHeadModel, transformers.GPT2Config(n_embd=24, n_layer=2, n_head=3, vocab_size=50, n_positions=32, use_cache=False, bos_token_id=0, eos_token_id=0, **eager)), words, "dynamo", TEXT, []),
    "huggingface-llama": (hugging(transformers.LlamaForCausalLM, transformers.LlamaConfig(num_hidden_layers=2, num_key_value_heads=1, vocab_size=50, max_position_embeddings=32, use_cache=False, **small, **eager)), words, "dynamo", TEXT, []),
    "audio": (Audio, torch.randn(1, 1, 400), "script", {3: NCT, 2: VECTOR}, [(r"norm$", {3: NTC}), (r"gru$", {3: ["time", "batch", "channel"]})]),
    "audio-transformer": (AudioTransformer, torch.randn(1, 1, 400), "dynamo", {3: NTC, 2: VECTOR}, [(r"^front$", {3: NCT})]),
    "volume": (Volume, torch.randn(1, 1, 8, 12, 16), "script", {5: NCDHW, 2: VECTOR}, []),
    "volume-dynamo": (Volume, torch.randn(1, 1, 8, 12, 16), "dynamo", {5: NCDHW, 2: VECTOR}, []),
    "super-resolution": (SuperResolution, picture(12, 20), "script", PICTURE, []),
    "super-resolution-dynamo": (SuperResolution, picture(12, 20), "dynamo", PICTURE, []),
    "u-net": (UNet, picture(24, 32), "script", PICTURE, []),
    "unfolded": (Unfolded, picture(32, 48), "script", PATCHES, []),
    "unfolded-mean": (lambda: Unfolded(False), picture(32, 48), "dynamo", PATCHES, []),
    "channels-last": (ChannelsLast, torch.randn(1, 24, 36, 3), "script", LAST, [(r"one|two", {4: NCHW})]),
    "text-convolution": (TextConvolution, words, "script", {3: ["batch", "feature", "token"], 2: VECTOR}, [(r"embed", {3: TOKENS})]),
    "series": (Series, torch.randn(1, 15, 9), "script", {3: NTC, 2: VECTOR}, []),
    "non-local": (NonLocal, picture(16, 24), "dynamo", PICTURE, []),
    "excited": (Excited, picture(16, 24), "script", PICTURE, []),
    "generator": (Generator, torch.randn(1, 10), "script", PICTURE, []),
    "dense": (Dense, torch.randn(1, 1, 12, 10), "script", PICTURE, []),
    "detection": (Detection, picture(32, 48), "script", PATCHES, [(r"encoder", {3: ["token", "batch", "feature"]})]),
}


def record(model, x, layout, exceptions):
    """The axes of each module's output, where the module runs once and gives one tensor."""
    found, calls = {}, {}

    def hook(path, module):
        def seen(_module, _input, output):
            calls[path] = calls.get(path, 0) + 1
            if not isinstance(output, torch.Tensor) or isinstance(module, (nn.Dropout, nn.Identity, nn.Softmax)):
                return
            rules = next((rule for pattern, rule in exceptions if re.search(pattern, path) and (not rule or output.dim() in rule)), layout)
            axes = rules.get(output.dim())
            if axes:
                found[path] = {"axes": axes, "shape": list(output.shape)}
        return seen

    for path, module in model.named_modules():
        if path:
            module.register_forward_hook(hook(path, module))
    with torch.no_grad():
        model(x)
    return {path: value for path, value in found.items() if calls[path] == 1}


def main():
    wanted = sys.argv[1:] or list(cases)
    target = folder / "axes.json"
    known = json.loads(target.read_text()) if target.exists() else {}
    for name in wanted:
        build, x, exporter, layout, exceptions = cases[name]
        torch.manual_seed(0)
        try:
            model = build().eval()
            with torch.no_grad():
                for i, parameter in enumerate(model.parameters()):
                    parameter.fill_(0.01 + i / 997)
            truth = record(model, x, layout, exceptions)
            model = build().eval()
            with torch.no_grad():
                for i, parameter in enumerate(model.parameters()):
                    parameter.fill_(0.01 + i / 997)
            file = io.BytesIO()
            if exporter == "script":
                torch.onnx.export(model, (x,), file, dynamo=False, opset_version=18, input_names=["input"], output_names=["logits"])
                data = file.getvalue()
            else:
                program = torch.onnx.export(model, (x,), dynamo=True, input_names=["input"], output_names=["logits"], verbose=False)
                proto = program.model_proto
                for node in proto.graph.node:
                    for entry in [e for e in node.metadata_props if "namespace" not in e.key and "name_scopes" not in e.key]:
                        node.metadata_props.remove(entry)
                data = proto.SerializeToString()
            (folder / f"{name}.onnx.gz").write_bytes(gzip.compress(data, 9, mtime=0))
            known[name] = truth
            print(name, len(data), (folder / f"{name}.onnx.gz").stat().st_size, len(truth), flush=True)
        except Exception as error:
            print("FAILED", name, type(error).__name__, str(error)[:300].replace("\n", " "), flush=True)
    target.write_text("{\n" + ",\n".join(f'"{name}": {json.dumps(known[name], ensure_ascii=False)}' for name in sorted(known)) + "\n}\n")


main()
