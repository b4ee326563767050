"""Every layer of Keras over its options, as models with one output for each variant, by TensorFlow's GradientTape.

Writes keras/<family>.keras (and .h5 for some) with keras/<family>.json.gz. See keras_witness.py for the record's format.
"""

import sys

import keras_witness as witness
import keras
from keras import layers as L


def of(*shape, dtype="float32"):
    return keras.Input(shape, dtype=dtype)


def model(inputs, variants):
    """A model with an output for each variant."""
    return keras.Model(inputs, variants)


def each(x, *layers):
    return [layer(x) for layer in layers]


def dense():
    x, y, z = of(5), of(3, 4), of(2, 3, 4)
    return model(
        [x, y, z],
        each(x, L.Dense(3), L.Dense(4, use_bias=False, activation="relu"), L.Dense(4, activation="softmax"))
        + each(y, L.Dense(3, activation="tanh"), L.EinsumDense("abc,cd->abd", (None, 6), bias_axes="d"), L.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de"), L.EinsumDense("...x,xy->...y", 3, bias_axes="y"), L.EinsumDense("abc,bd->acd", (4, 5), bias_axes="c"))
        + each(z, L.Dense(2), L.Flatten(), L.Permute((3, 1, 2)), L.Reshape((6, -1)), L.Reshape((24,)), L.Flatten(data_format="channels_first")),
    )


def convolution2d():
    x = of(7, 6, 4)
    return model(
        x,
        each(
            x,
            L.Conv2D(3, 3), L.Conv2D(3, (2, 3), strides=(2, 1), padding="same", activation="relu"),
            L.Conv2D(2, 3, dilation_rate=2, padding="same", use_bias=False), L.Conv2D(4, 3, groups=2, strides=2),
            L.DepthwiseConv2D(3), L.DepthwiseConv2D((3, 2), depth_multiplier=2, strides=2, padding="same", activation="elu"),
            L.SeparableConv2D(3, 3, padding="same", depth_multiplier=2), L.SeparableConv2D(2, 2, use_bias=False, strides=2),
            L.Conv2DTranspose(3, 3), L.Conv2DTranspose(2, 3, strides=2, padding="same"), L.Conv2DTranspose(2, 2, strides=3),
            L.Conv2DTranspose(2, (4, 3), strides=(2, 1), padding="same", use_bias=False), L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1),
            L.Conv2DTranspose(2, 3, strides=2, output_padding=1),
        ),
    )


def convolution1d3d():
    x, y = of(8, 3), of(4, 5, 4, 2)
    return model(
        [x, y],
        each(
            x,
            L.Conv1D(2, 3), L.Conv1D(4, 3, strides=2, padding="same"), L.Conv1D(2, 3, padding="causal", dilation_rate=2),
            L.DepthwiseConv1D(3, depth_multiplier=2), L.SeparableConv1D(4, 3, padding="same"), L.Conv1DTranspose(2, 3, strides=2, padding="same"),
        )
        + each(y, L.Conv3D(2, 2), L.Conv3D(2, 3, strides=2, padding="same"), L.Conv3DTranspose(2, 2, strides=2)),
    )


def pooling():
    x, y, z = of(7, 6, 3), of(7, 3), of(4, 5, 4, 2)
    return model(
        [x, y, z],
        each(
            x,
            L.MaxPooling2D(), L.MaxPooling2D(3, strides=2, padding="same"), L.AveragePooling2D((2, 3), strides=1), L.AveragePooling2D(3, strides=2, padding="same"),
            L.GlobalAveragePooling2D(), L.GlobalMaxPooling2D(keepdims=True), L.AdaptiveAveragePooling2D(3), L.AdaptiveMaxPooling2D((2, 4)),
        )
        + each(y, L.MaxPooling1D(2), L.AveragePooling1D(3, padding="same"), L.GlobalAveragePooling1D(), L.GlobalMaxPooling1D())
        + each(z, L.MaxPooling3D(2), L.AveragePooling3D(2, padding="same"), L.GlobalAveragePooling3D(keepdims=True), L.GlobalMaxPooling3D()),
    )


def normalization():
    x, y = of(4, 5, 6), of(3, 4)
    return model(
        [x, y],
        each(
            x,
            L.BatchNormalization(), L.BatchNormalization(axis=2, scale=False), L.BatchNormalization(center=False, epsilon=1e-5),
            L.LayerNormalization(), L.LayerNormalization(axis=[1, 2, 3]), L.LayerNormalization(axis=2, center=False), L.LayerNormalization(scale=False),
            L.GroupNormalization(3), L.GroupNormalization(-1, center=False), L.RMSNormalization(), L.UnitNormalization(), L.UnitNormalization(axis=(1, 2)),
            L.SpectralNormalization(L.Conv2D(2, 2)),
        )
        + each(y, L.BatchNormalization(), L.GroupNormalization(2), L.LayerNormalization(epsilon=1e-2)),
    )


def activation():
    x = of(3, 8)
    names = "relu relu6 leaky_relu elu celu selu softplus softsign tanh sigmoid exponential silu hard_sigmoid hard_silu gelu mish softmax log_softmax log_sigmoid glu hard_tanh hard_shrink soft_shrink tanh_shrink sparse_plus sparse_sigmoid squareplus linear".split()
    y = of(3, 4, 2)
    return model(
        [x, y],
        each(x, *[L.Activation(name) for name in names])
        + each(x, L.ReLU(max_value=1.0), L.ReLU(negative_slope=0.2, threshold=0.3), L.ReLU(max_value=1.5, threshold=0.3), L.LeakyReLU(0.1), L.ELU(0.7), L.Softmax(axis=1))
        + each(y, L.PReLU(), L.PReLU(shared_axes=[1, 2]), L.Softmax(axis=(1, 2))),
    )


def merging():
    x, y, z, v = of(3, 4), of(3, 4), of(3, 4), of(4)
    return model(
        [x, y, z, v],
        [
            L.Add()([x, y, z]), L.Subtract()([x, y]), L.Multiply()([x, y]), L.Average()([x, y, z]), L.Maximum()([x, y]), L.Minimum()([x, y]),
            L.Concatenate()([x, y]), L.Concatenate(axis=1)([x, y, z]), L.Dot(axes=2)([x, y]), L.Dot(axes=(1, 1), normalize=True)([x, y]),
            L.Add()([x, v]), L.Dot(axes=1)([v, v]),
        ],
    )


def reshaping():
    x, y, z, v = of(5, 4, 2), of(5, 3), of(3, 4, 3, 2), of(4)
    return model(
        [x, y, z, v],
        each(
            x,
            L.ZeroPadding2D(), L.ZeroPadding2D(((1, 0), (2, 3))), L.Cropping2D(((1, 0), (1, 2))), L.UpSampling2D(), L.UpSampling2D((2, 3), interpolation="bilinear"),
            L.UpSampling2D(2, interpolation="bicubic"), L.Resizing(7, 3), L.Resizing(3, 8, interpolation="nearest"), L.CenterCrop(3, 2), L.CenterCrop(8, 6),
            L.Rescaling(1 / 127.5, offset=-1), L.Rescaling([0.5, 2.0], offset=[1.0, -1.0]), L.Normalization(mean=[0.3, -0.2], variance=[1.5, 0.4]), L.Normalization(),
        )
        + each(y, L.ZeroPadding1D((1, 2)), L.Cropping1D(1), L.UpSampling1D(3), L.Dropout(0.5), L.GaussianNoise(1.0), L.SpatialDropout1D(0.3), L.Identity())
        + each(z, L.ZeroPadding3D(1), L.Cropping3D(1), L.UpSampling3D(2))
        + each(v, L.RepeatVector(3), L.ActivityRegularization(0.1)),
    )


families = {f.__name__: f for f in (dense, convolution2d, convolution1d3d, pooling, normalization, activation, merging, reshaping)}
in_h5_too = {"convolution2d", "normalization", "merging"}

if __name__ == "__main__":
    for name in sys.argv[1:] or families:
        built = families[name]()
        witness.randomize(built)
        witness.save(built, name)
        if name in in_h5_too:
            witness.save(built, name, "h5")
        # Read again: some layers compute with what they hold only when they are loaded.
        witness.write(name, witness.witness(keras.models.load_model(witness.folder / f"{name}.keras")))
        print(name, len(built.outputs), "outputs")
