"""Small networks that begin as those of keras.applications do, and what preprocess_input makes of a few pixels.

usage: KERAS_BACKEND=tensorflow python keras-preprocessing.py     (writes test/oracles/keras/preprocessing)
"""

import json
import pathlib

import keras
import numpy as np

L = keras.layers
folder = pathlib.Path(__file__).parent / "keras" / "preprocessing"
folder.mkdir(parents=True, exist_ok=True)


def network(name, file, before, first, side=8, channels=3):
    x = start = keras.Input((side, side, channels), name="picture")
    for layer in [*before, first, L.GlobalAveragePooling2D(), L.Dense(4)]:
        x = layer(x)
    keras.Model(start, x, name=name).save(folder / f"{file}.keras")


conv = lambda name, filters, kernel: L.Conv2D(filters, kernel, strides=2, padding="same", name=name)
network("vgg16", "caffe", [], conv("block1_conv1", 64, 3))
network("resnet50v2", "tf", [L.ZeroPadding2D(3)], conv("conv1_conv", 64, 7))
network("densenet121", "torch", [L.ZeroPadding2D(3)], conv("conv1_conv", 64, 7))
network("MobileNetV3Small", "inside", [L.Rescaling(1 / 127.5, -1.0)], conv("conv", 16, 3))
network("mine", "rescaling", [L.RandomFlip(), L.Rescaling(1 / 255)], conv("conv", 4, 3))
network("digits", "grey", [L.Rescaling(1 / 255)], conv("conv", 4, 3), channels=1)
network("mine", "normalization", [L.Normalization(mean=[0.485, 0.456, 0.406], variance=[0.052, 0.05, 0.05])], conv("conv", 4, 3))
network("vgg16", "only-a-name", [], conv("conv2d", 4, 3))
network("mine", "nothing", [], conv("block1_conv1", 64, 3))

inner = keras.Sequential([keras.Input((8, 8, 3)), conv("Conv1", 8, 3)], name="mobilenetv2_1.00_224")
for file, before in [("nested", []), ("nested-rescaling", [L.Rescaling(1 / 127.5, -1.0)])]:
    keras.Sequential([keras.Input((8, 8, 3), name="picture"), *before, inner, L.Flatten(), L.Dense(2)], name="mine").save(folder / f"{file}.keras")

pixels = np.array([[0, 0, 0], [255, 255, 255], [12, 130, 250]], "float32").reshape(1, 1, 3, 3)
modes = {mode: keras.applications.imagenet_utils.preprocess_input(pixels.copy(), mode=mode).reshape(3, 3).tolist() for mode in ["caffe", "tf", "torch"]}
(folder / "modes.json").write_text(json.dumps({"pixels": pixels.reshape(3, 3).tolist(), "modes": modes}) + "\n")
