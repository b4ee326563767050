"""Small models as PyTorch's two exporters write them, with the outputs that PyTorch computes.

    python test/oracles/exported-models.py        (torch, transformers, onnx, onnxscript)

Writes test/oracles/exported/NAME.onnx.gz and outputs.json. Weights are random. Inputs are formulas, the same in
every language: x[i] = sin(i) for images, id[i] = 7 i mod 50 for tokens. Exported for one sample ("fixed") or
with free axes; evaluated on two samples in float64.
"""
import copy
import gzip
import json
import pathlib
import warnings

import onnx
import torch
import transformers
from torch import nn

warnings.filterwarnings("ignore")
torch.manual_seed(0)
folder = pathlib.Path(__file__).parent / "exported"
folder.mkdir(exist_ok=True)


class Logits(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x).logits


class Mixed(nn.Module):
    """Layers that exporters write in their own ways."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding="same")
        self.batch = nn.BatchNorm2d(8)
        self.group = nn.GroupNorm(4, 8)
        self.instance = nn.InstanceNorm2d(8, affine=True)
        self.slope = nn.PReLU(8)
        self.response = nn.LocalResponseNorm(3)
        self.shuffle = nn.ChannelShuffle(2)
        self.linear_up = nn.Upsample(scale_factor=2, mode="bilinear")
        self.nearest_up = nn.Upsample(scale_factor=2, mode="nearest")
        self.transposed = nn.ConvTranspose2d(8, 4, 3, 2, 1, 1)
        self.average = nn.AvgPool2d(3, 2, 1, ceil_mode=True)
        self.pixels = nn.PixelShuffle(2)
        self.fc = nn.Linear(16, 5)

    def forward(self, x):
        f = nn.functional
        x = self.slope(f.mish(self.instance(f.hardswish(self.group(self.batch(self.conv(x)))))))
        x = self.shuffle(self.response(x)) * f.hardsigmoid(x)
        x = torch.cat([self.transposed(x), self.linear_up(x)[:, :4] - self.nearest_up(x)[:, 4:]], 1)
        x = f.pad(self.pixels(torch.roll(self.average(x), 1, dims=2)), (1, 1, 1, 1), mode="reflect")
        x = f.adaptive_avg_pool2d(x, (2, 2)).reshape(x.shape[0], -1)
        x = torch.cat([x, x.pow(2), x.abs().sqrt(), x.clamp(-1, 1)], 1)[:, :16]
        return self.fc(f.silu(f.layer_norm(x, (16,))))


eager = {"attn_implementation": "eager"}
small = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 24}
image = torch.sin(torch.arange(2 * 3 * 16 * 16, dtype=torch.float64)).reshape(2, 3, 16, 16)
tokens = (7 * torch.arange(2 * 6) % 50).reshape(2, 6)
vit = transformers.ViTConfig(image_size=16, patch_size=4, num_hidden_layers=1, num_labels=5, **small, **eager)
swin = transformers.SwinConfig(image_size=16, patch_size=2, embed_dim=8, depths=[2, 1], num_heads=[2, 2], window_size=4, num_labels=5, **eager)
llama = transformers.LlamaConfig(num_hidden_layers=1, num_key_value_heads=1, vocab_size=50, max_position_embeddings=32, use_cache=False, **small, **eager)
gpt2 = transformers.GPT2Config(n_embd=16, n_layer=1, n_head=2, vocab_size=50, n_positions=32, use_cache=False, bos_token_id=0, eos_token_id=0, **eager)
cases = {
    "vit-fixed": (Logits(transformers.ViTForImageClassification(vit)), image, "script", {}),
    "swin": (Logits(transformers.SwinForImageClassification(swin)), image, "script", {0: "batch"}),
    "swin-fixed": (Logits(transformers.SwinForImageClassification(swin)), image, "script", {}),
    "mixed": (Mixed(), image, "dynamo", {0: "batch"}),
    "llama": (Logits(transformers.LlamaForCausalLM(llama)), tokens, "dynamo", {0: "batch", 1: "sequence"}),
    "gpt2": (Logits(transformers.GPT2LMHeadModel(gpt2)), tokens, "dynamo", {0: "batch", 1: "sequence"}),
}

outputs = {}
for name, (model, x, exporter, free) in cases.items():
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    single = x.float() if x.is_floating_point() else x
    file = folder / f"{name}.onnx"
    if exporter == "dynamo":
        shapes = {axis: torch.export.Dim.DYNAMIC for axis in free}
        torch.onnx.export(model, (single,), file, input_names=["input"], output_names=["logits"], dynamo=True,
                          dynamic_shapes=(shapes,), external_data=False, verbose=False)
    else:
        torch.onnx.export(model, (single if free else single[:1],), file, input_names=["input"], output_names=["logits"],
                          dynamo=False, dynamic_axes={"input": free} if free else None, opset_version=17 if free else 14)
    written = onnx.load(file)
    for node in written.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    del written.graph.value_info[:]
    file.unlink()
    (folder / f"{name}.onnx.gz").write_bytes(gzip.compress(written.SerializeToString(), mtime=0))
    outputs[name] = copy.deepcopy(model).double()(x).detach().flatten().tolist()
(folder / "outputs.json").write_text(json.dumps({"torch": torch.__version__, "transformers": transformers.__version__, "outputs": outputs}) + "\n")
