"""Networks of keras.applications with random weights and small pictures, for a check that is too large to be committed.

usage: keras-applications.py FOLDER [name ...]; then GLASSBOX_KERAS_APPLICATIONS=FOLDER npm test -- unit src/formats/keras/applications
"""

import pathlib
import sys

import keras_witness as witness
import keras

A = keras.applications
small = {"weights": None, "classes": 10}
networks = {
    "VGG16": lambda: A.VGG16(input_shape=(32, 32, 3), **small),
    "VGG19": lambda: A.VGG19(input_shape=(32, 32, 3), **small),
    "ResNet50": lambda: A.ResNet50(input_shape=(32, 32, 3), **small),
    "ResNet50V2": lambda: A.ResNet50V2(input_shape=(32, 32, 3), **small),
    "MobileNet": lambda: A.MobileNet(input_shape=(32, 32, 3), alpha=0.25, **small),
    "MobileNetV2": lambda: A.MobileNetV2(input_shape=(32, 32, 3), alpha=0.35, **small),
    "MobileNetV3Small": lambda: A.MobileNetV3Small(input_shape=(64, 64, 3), **small),
    "MobileNetV3Large": lambda: A.MobileNetV3Large(input_shape=(64, 64, 3), **small),
    "DenseNet121": lambda: A.DenseNet121(input_shape=(32, 32, 3), **small),
    "EfficientNetB0": lambda: A.EfficientNetB0(input_shape=(32, 32, 3), **small),
    "EfficientNetV2B0": lambda: A.EfficientNetV2B0(input_shape=(32, 32, 3), **small),
    "NASNetMobile": lambda: A.NASNetMobile(input_shape=(32, 32, 3), **small),
    "InceptionV3": lambda: A.InceptionV3(input_shape=(75, 75, 3), **small),
    "InceptionResNetV2": lambda: A.InceptionResNetV2(input_shape=(75, 75, 3), **small),
    "Xception": lambda: A.Xception(input_shape=(71, 71, 3), **small),
    "ConvNeXtTiny": lambda: A.ConvNeXtTiny(input_shape=(32, 32, 3), **small),
    "ResNet101": lambda: A.ResNet101(input_shape=(32, 32, 3), **small),
    "DenseNet169": lambda: A.DenseNet169(input_shape=(32, 32, 3), **small),
    "EfficientNetB1": lambda: A.EfficientNetB1(input_shape=(32, 32, 3), **small),
    "MobileNetV2Wide": lambda: A.MobileNetV2(input_shape=(64, 64, 3), **small),
}

if __name__ == "__main__":
    witness.folder = pathlib.Path(sys.argv[1])
    for name in sys.argv[2:] or networks:
        model = networks[name]()
        for weight in model.weights:
            if "moving_variance" in weight.path:
                weight.assign(abs(witness.random.normal(size=tuple(weight.shape))) * 0.2 + 0.9)
            elif "moving_mean" in weight.path or "beta" in weight.path or "bias" in weight.path:
                weight.assign(witness.random.normal(size=tuple(weight.shape)) * 0.1)
        model.save(witness.folder / f"{name}.keras")
        if len(model.layers) < 200:
            model.save(witness.folder / f"{name}.h5")
        witness.write(name, witness.witness(model, {model.inputs[0].name: (witness.random.normal(size=(1,) + tuple(model.inputs[0].shape[1:])) * 50 + 100).astype("float32")}))
        print(name, flush=True)
        witness.keras = None
