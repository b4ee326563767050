"""What the Keras oracles share: random weights, saving, and a model's outputs and gradients as JSON.

For each output k the cotangent is c_k[i] = cos(i + k); stored are the outputs and d(sum_k <c_k, y_k>)/dx for each float input x.
"""

import gzip
import io
import json
import os
import pathlib
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import numpy as np
import tensorflow as tf

folder = pathlib.Path(__file__).parent / "keras"
random = np.random.default_rng(7)


def randomize(model):
    """Weights as after some training: no zeros, positive variances."""
    for weight in model.weights:
        name = getattr(weight, "path", weight.name).split("/")[-1].split(":")[0]
        shape = tuple(weight.shape)
        values = random.normal(size=shape) * 0.4
        if "variance" in name:
            values = np.abs(values) + 0.5
        if name in ("gamma", "scale"):
            values = 1 + values / 2
        if "count" in name or "seed" in name or not np.issubdtype(np.dtype(str(weight.dtype).replace("<dtype: '", "").replace("'>", "")), np.floating):
            continue
        weight.assign(values.astype("float32"))


def inputs_of(model, batch=2):
    """Normal deviates for floats, small counts for integers."""
    made = {}
    for tensor in model.inputs:
        shape = [batch] + list(tensor.shape[1:])
        integer = "int" in str(tensor.dtype)
        name = tensor.name.split(":")[0]
        made[name] = random.integers(0, 5, size=shape).astype("int32") if integer else random.normal(size=shape).astype("float32")
    return made


def rounded(array):
    return [float(f"{value:.8g}") for value in np.asarray(array, dtype="float64").ravel()]


def witness(model, given=None):
    """The record of a model: inputs, outputs, gradients."""
    given = given or inputs_of(model)
    tensors = {name: tf.constant(value) for name, value in given.items()}
    floats = {name: tensor for name, tensor in tensors.items() if tensor.dtype.is_floating}
    with tf.GradientTape() as tape:
        for tensor in floats.values():
            tape.watch(tensor)
        arguments = list(tensors.values())
        outputs = model(arguments if len(arguments) > 1 else arguments[0], training=False)
        outputs = list(tf.nest.flatten(outputs))
        total = 0.0
        for k, output in enumerate(outputs):
            c = np.cos(np.arange(int(np.prod(output.shape))) + k).reshape(output.shape).astype("float32")
            total += tf.reduce_sum(tf.cast(output, "float32") * c)
    gradients = tape.gradient(total, floats, unconnected_gradients="zero") if floats else {}
    gradients = {name: tf.convert_to_tensor(gradient) for name, gradient in gradients.items()}
    return {
        "inputs": {name: {"shape": list(value.shape), "data": rounded(value)} for name, value in given.items()},
        "outputs": [{"shape": list(output.shape), "data": rounded(output)} for output in outputs],
        "gradients": {name: rounded(gradient) for name, gradient in gradients.items()},
    }


def write(name, record):
    """Times in archives are fixed, so that the same numbers give the same bytes."""
    folder.mkdir(exist_ok=True)
    with open(folder / f"{name}.json.gz", "wb") as out, gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as packed:
        packed.write(json.dumps(record).encode())


def save(model, name, ending="keras"):
    """Saves a model; archives are packed, which Keras reads as well."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.{ending}"
    model.save(file)
    if ending == "keras":
        packed = io.BytesIO()
        with zipfile.ZipFile(file) as archive, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as smaller:
            for entry in archive.infolist():
                information = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
                smaller.writestr(information, archive.read(entry), zipfile.ZIP_DEFLATED)
        file.write_bytes(packed.getvalue())
