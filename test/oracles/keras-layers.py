"""Every layer of Keras over its options, as models with one output for each variant, by TensorFlow's GradientTape.

Writes keras/<family>.keras (and .h5 for some) with keras/<family>.json.gz. See keras_witness.py for the record's format.
"""

import sys

import keras_witness as witness
import keras
from keras import ops
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


def recurrent():
    x, tokens, h, c = of(5, 3), of(4, dtype="int32"), of(3), of(3)
    masked = L.Masking()(x)
    embedded = L.Embedding(6, 3, mask_zero=True)(tokens)
    outputs = each(
        x,
        L.SimpleRNN(3), L.SimpleRNN(2, return_sequences=True, activation="relu", use_bias=False), L.LSTM(3), L.LSTM(2, return_sequences=True, go_backwards=True),
        L.LSTM(2, recurrent_activation="hard_sigmoid", activation="elu"), L.LSTM(2, recurrent_activation="hard_sigmoid", unit_forget_bias=False),
        L.GRU(3), L.GRU(2, reset_after=False, return_sequences=True), L.GRU(2, go_backwards=True, use_bias=False),
        L.Bidirectional(L.LSTM(2)), L.Bidirectional(L.GRU(2, return_sequences=True), merge_mode="sum"), L.Bidirectional(L.SimpleRNN(2, return_sequences=True), merge_mode="ave"),
        L.Bidirectional(L.LSTM(2, return_sequences=True), merge_mode="mul", backward_layer=L.LSTM(2, return_sequences=True, go_backwards=True)),
        L.RNN([L.LSTMCell(3), L.GRUCell(2)], return_sequences=True), L.RNN(L.SimpleRNNCell(2)), L.TimeDistributed(L.Dense(2)), L.TimeDistributed(L.LayerNormalization()),
    )
    outputs += each(masked, L.LSTM(2), L.GRU(2, return_sequences=True), L.Bidirectional(L.LSTM(2, return_sequences=True)))
    outputs += each(embedded, L.LSTM(2, return_sequences=True), L.GRU(3, zero_output_for_mask=True, return_sequences=True), L.GlobalAveragePooling1D(), L.Bidirectional(L.GRU(2)))
    outputs += L.LSTM(3, return_state=True)(x, initial_state=[h, c])
    outputs += L.GRU(3, return_state=True, return_sequences=True)(x, initial_state=h)
    outputs += L.Bidirectional(L.GRU(3, return_state=True))(x, initial_state=[h, c])
    return model([x, tokens, h, c], outputs)


def attention():
    q, v, k, tokens = of(4, 6), of(5, 6), of(5, 6), of(4, dtype="int32")
    # One embedding for each: a layer of attention takes the mask away from the tensor that it is called with.
    embedded = [L.Embedding(6, 6, mask_zero=True)(tokens) for _ in range(3)]
    scored = L.MultiHeadAttention(2, 3)(q, v, return_attention_scores=True)
    return model(
        [q, v, k, tokens],
        [
            L.Attention()([q, v]), L.Attention(use_scale=True)([q, v, k]), L.Attention(score_mode="concat", use_scale=True)([q, v]), L.Attention()([q, q], use_causal_mask=True),
            L.AdditiveAttention()([q, v, k]), L.AdditiveAttention(use_scale=False)([q, v]),
            L.MultiHeadAttention(2, 3)(q, v), L.MultiHeadAttention(3, 2, value_dim=4, output_shape=5, use_bias=False)(q, v, k), L.MultiHeadAttention(2, 3)(q, q, use_causal_mask=True), *scored,
            L.GroupQueryAttention(3, 4, 2)(q, v), L.GroupQueryAttention(3, 2, 2)(q, q, use_causal_mask=True),
            L.MultiHeadAttention(2, 3)(embedded[0], embedded[0]), L.Attention()([q, embedded[1]]), L.GlobalAveragePooling1D()(L.MultiHeadAttention(2, 2)(embedded[2], embedded[2])),
        ],
    )


def operations():
    x, y = of(4, 6), of(4, 6)
    picture = of(4, 5, 3)
    convolved = L.Conv2D(2, 2)(picture)
    outputs = [
        x + y, x * 2.0, 1.0 - x, x / (y * y + 1.0), ops.abs(x) ** 2, -x, ops.mean(x, axis=1), ops.sum(x, axis=-1, keepdims=True), ops.reshape(x, (-1, 24)),
        ops.transpose(x, (0, 2, 1)), ops.concatenate([x, y], axis=1), ops.stack([x, y], axis=1), ops.squeeze(ops.expand_dims(x, 1), 1), x[:, 0], x[:, 1:3, ::2], x[..., -1],
        ops.matmul(x, ops.transpose(y, (0, 2, 1))), ops.einsum("bij,bkj->bik", x, y), ops.clip(x, -1, 1), ops.where(x > 0, x, y), ops.maximum(x, 0.0), ops.relu(x),
        ops.softmax(x, axis=1), ops.gelu(x), ops.leaky_relu(x, 0.1), ops.cast(x > 0, "float32"), ops.tile(x, (1, 2, 1)), ops.repeat(x, 2, axis=1), ops.pad(x, ((0, 0), (1, 1), (0, 0))),
        ops.take(x, [0, 2], axis=1), *ops.split(x, 2, axis=1), ops.flip(x, axis=1), ops.exp(x), ops.sqrt(ops.square(x) + 1.0), ops.var(x, axis=1), ops.std(x, axis=1), ops.max(x, axis=1),
        ops.normalize(x, axis=-1), ops.swapaxes(x, 1, 2), ops.moveaxis(x, 1, 2), ops.sin(x), ops.logsumexp(x, axis=1), ops.cumsum(x, axis=1), ops.one_hot(ops.argmax(x, axis=-1), 6),
        convolved * 2.0 + convolved, ops.mean(convolved, axis=(1, 2)), ops.transpose(convolved, (0, 3, 1, 2)), convolved[:, :, :, 0], picture[..., ::-1] - 1.5, ops.image.resize(picture, (3, 7)),
    ]
    return model([x, y, picture], outputs)


def odd():
    """Everything odd at once: shared and nested layers, two inputs, masks, a residual sum, several outputs, a frozen part."""
    picture, tokens = of(8, 8, 3), of(5, dtype="int32")
    block_in = keras.Input((None, None, 4))
    h = L.Conv2D(4, 3, padding="same", use_bias=False)(block_in)
    h = L.BatchNormalization()(h)
    block = keras.Model(block_in, L.Add()([L.ReLU()(h), block_in]), name="block")
    stem = keras.Sequential([L.Rescaling(1 / 127.5, offset=-1), L.Conv2D(4, 3, strides=2, padding="same"), L.BatchNormalization(), L.Activation("relu")], name="stem")
    stem.trainable = False
    head = keras.Sequential([L.GlobalAveragePooling2D(), L.Dense(5)], name="head")
    shared = L.Dense(5, activation="tanh", name="shared")
    features = block(block(stem(picture)))
    pooled = head(features)
    text = L.Bidirectional(L.LSTM(3))(L.Embedding(7, 4, mask_zero=True)(tokens))
    text = shared(shared(L.Dense(5)(text)))
    both = L.Concatenate()([shared(pooled), text])
    return keras.Model({"picture": picture, "tokens": tokens}, [L.Dense(3, activation="softmax", name="classes")(both), features, L.Dropout(0.5)(both)])


families = {f.__name__: f for f in (dense, convolution2d, convolution1d3d, pooling, normalization, activation, merging, reshaping, recurrent, attention, operations, odd)}
in_h5_too = {"convolution2d", "normalization", "merging", "recurrent", "attention", "odd", "operations"}

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
