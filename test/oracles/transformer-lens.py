"""TransformerLens 4 runs the programs that Glassbox copies to the clipboard.

    GLASSBOX_WRITE_PROGRAMS=1 node scripts/unit-tests.mjs test/oracles/transformer-lens     # writes transformer-lens.json
    python test/oracles/transformer-lens.py                                                  # adds each program's numbers to it

Reads the programs as they stand, executes them on the tiny checkpoints, and keeps their `result`, flattened, to 7 digits.
The checkpoints have no tokenizer, which TransformerLens asks for: it is given one that no program uses.
"""

import contextlib
import io
import json
import pathlib
import shutil
import tempfile

import tokenizers
import torch
import transformers
from transformer_lens.model_bridge import TransformerBridge

here = pathlib.Path(__file__).parent
booted = {}
boot = TransformerBridge.boot_transformers


def with_tokenizer(name):
    folder = pathlib.Path(tempfile.mkdtemp()) / name
    shutil.copytree(here / "tiny" / name, folder)
    words = {f"w{i}": i for i in range(json.loads((folder / "config.json").read_text())["vocab_size"])}
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="w0"))).save_pretrained(folder)
    return folder


def boot_tiny(path):
    name = pathlib.Path(path).name
    if name not in booted:
        booted[name] = boot(str(with_tokenizer(name)))
    return booted[name]


def main():
    TransformerBridge.boot_transformers = staticmethod(boot_tiny)
    file = here / "transformer-lens.json"
    cases = json.loads(file.read_text())
    for case in cases:
        scope = {}
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(case["program"], scope)
        except Exception as error:
            raise SystemExit(f"{case['name']}: {error!r}\n{case['program']}")
        result = scope["result"]
        values = result.detach().double().flatten().tolist() if isinstance(result, torch.Tensor) else result
        case["result"] = [float(f"{value:.7g}") for value in values]
    file.write_text(json.dumps(cases, indent=1) + "\n")


main()
