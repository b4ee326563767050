"""Keras 2 files and a TensorFlow.js model, by tf_keras: HDF5 as TensorFlow 2 wrote it, functions of TensorFlow inside, and model.json.

The TensorFlow.js file is written here from its documented layout: Keras's description, and the weights one after another in shards.
"""

import json
import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"

import keras_witness as witness
import numpy as np
import tensorflow as tf
import tf_keras as keras
from tf_keras import layers as L


def lambdas():
    x, y, picture = keras.Input((4, 6)), keras.Input((4, 6)), keras.Input((8, 8, 3))
    caffe, torch = (keras.applications.imagenet_utils.preprocess_input(picture, mode=mode) for mode in ("caffe", "torch"))
    outputs = [
        x + y, x * 2.0, 1.0 - x, x / (y * y + 1.0), tf.abs(x) ** 2, -x, tf.reduce_mean(x, axis=1), tf.reduce_sum(x, axis=-1, keepdims=True), tf.reshape(x, (-1, 24)),
        tf.transpose(x, (0, 2, 1)), tf.concat([x, y], axis=1), tf.stack([x, y], axis=1), tf.squeeze(tf.expand_dims(x, 1), axis=1), x[:, 0], x[:, 1:3, ::2], x[..., -1],
        tf.matmul(x, y, transpose_b=True), tf.clip_by_value(x, -1.0, 1.0), tf.where(x > 0, x, y), tf.maximum(x, 0.0), tf.nn.relu(x), tf.nn.softmax(x, axis=1), tf.nn.gelu(x),
        tf.nn.leaky_relu(x, 0.1), tf.tile(x, (1, 2, 1)), tf.pad(x, ((0, 0), (1, 1), (0, 0))), tf.gather(x, [0, 2], axis=1), tf.split(x, 2, axis=1)[0], tf.exp(x), tf.sqrt(tf.square(x) + 1.0),
        tf.nn.l2_normalize(x, axis=-1), tf.image.resize(picture, (4, 4)), tf.nn.relu6(x), tf.sigmoid(x), caffe, torch, L.Conv2D(2, 3)(torch),
    ]
    return keras.Model([x, y, picture], outputs)


def keras2():
    picture, tokens = keras.Input((8, 8, 3), name="picture"), keras.Input((5,), dtype="int32", name="tokens")
    inner_in = keras.Input((None, None, 4))
    h = L.BatchNormalization()(L.SeparableConv2D(4, 3, padding="same", use_bias=False)(inner_in))
    inner = keras.Model(inner_in, L.Add()([L.ReLU(6.0)(h), inner_in]), name="inner")
    stem = keras.Sequential([L.Conv2D(4, 3, strides=2, padding="same", input_shape=(8, 8, 3)), L.BatchNormalization(), L.Activation("hard_sigmoid")], name="stem")
    stem.trainable = False
    features = inner(inner(stem(picture)))
    text = L.Embedding(7, 4, mask_zero=True)(tokens)
    text = L.Bidirectional(L.LSTM(3, return_sequences=True))(text)
    text = L.GRU(4, recurrent_activation="hard_sigmoid")(text)
    heads = L.MultiHeadAttention(2, 3)(L.Reshape((16, 4))(features), L.Reshape((16, 4))(features))
    both = L.Concatenate()([L.GlobalAveragePooling2D()(features), text, L.GlobalMaxPooling1D()(heads), L.Flatten()(L.DepthwiseConv2D(3)(features))])
    return keras.Model([picture, tokens], [L.Dense(3, activation="softmax", name="classes")(both), features])


def plain():
    return keras.Sequential([L.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 1)), L.MaxPooling2D(), L.Flatten(), L.Dropout(0.2), L.Dense(5, activation="softmax")])


def tensorflow_js(model, name, quantized):
    """model.json and two shards; with `quantized`, kernels are kept in 8 bits: value = stored * scale + min."""
    folder = witness.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    entries, data = [], b""
    for layer in model.layers:
        for weight in layer.weights:
            values = weight.numpy()
            entry = {"name": weight.name.split(":")[0], "shape": list(values.shape), "dtype": "float32"}
            if quantized and values.ndim > 1:
                low, high = float(values.min()), float(values.max())
                scale = (high - low) / 255
                stored = np.round((values - low) / scale).astype("uint8")
                entry["quantization"] = {"dtype": "uint8", "scale": scale, "min": low, "original_dtype": "float32"}
                weight.assign((stored * np.float64(scale) + low).astype("float32"))
                data += stored.tobytes()
            else:
                data += values.astype("<f4").tobytes()
            entries.append(entry)
    half = len(data) // 2
    paths = [f"group1-shard{i + 1}of2.bin" for i in range(2)]
    (folder / paths[0]).write_bytes(data[:half])
    (folder / paths[1]).write_bytes(data[half:])
    topology = {"keras_version": keras.__version__, "backend": "tensorflow", "model_config": json.loads(model.to_json())}
    description = {"format": "layers-model", "modelTopology": topology, "weightsManifest": [{"paths": paths, "weights": entries}]}
    (folder / "model.json").write_text(json.dumps(description))


if __name__ == "__main__":
    for make in (lambdas, keras2):
        built = make()
        witness.randomize(built)
        witness.save(built, make.__name__, "h5")
        if make is keras2:
            tensorflow_js(built, "layers-model", quantized=False)
        witness.write(make.__name__, witness.witness(built))
        print(make.__name__)
    built = plain()
    witness.randomize(built)
    tensorflow_js(built, "quantized-layers-model", quantized=True)
    witness.write("quantized-layers-model", witness.witness(built))
