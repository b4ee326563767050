import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { float32 } from "../../tensor/tensor.ts";
import { array64, narrow } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import type { AttributeValue } from "../graph.ts";
import { prune } from "../prune.ts";
import { differentiate } from "../transform/differentiate.ts";
import { coreOperators as operators } from "./table.ts";

const random = new Random(7);
const normal = (shape: Shape) => array64("float64", shape, random.normals(sizeOf(shape)));

const convolutions: readonly (readonly [string, readonly Shape[], Readonly<Record<string, AttributeValue>>])[] = [
  ["one axis", [[2, 2, 7], [3, 2, 3], [3]], { strides: [2], pads: [1, 0] }],
  ["two axes, asymmetric pads", [[1, 2, 4, 5], [2, 2, 3, 2], [2]], { pads: [1, 0, 2, 1] }],
  [
    "a last column that no window reaches",
    [
      [1, 1, 6, 6],
      [2, 1, 3, 3],
    ],
    { strides: [2, 2] },
  ],
  [
    "pads wider than the kernel's reach",
    [
      [1, 1, 3, 3],
      [1, 1, 2, 2],
    ],
    { pads: [3, 2, 3, 2] },
  ],
  [
    "groups",
    [
      [1, 4, 4, 4],
      [6, 2, 2, 2],
    ],
    { group: 2, strides: [2, 1] },
  ],
  ["depthwise", [[2, 2, 5, 4], [2, 1, 3, 3], [2]], { group: 2, pads: [1, 1, 1, 1] }],
  [
    "depthwise, strided as TensorFlow pads",
    [
      [1, 2, 6, 6],
      [2, 1, 3, 3],
    ],
    { group: 2, strides: [2, 2], pads: [0, 0, 1, 1] },
  ],
  [
    "depthwise, strided 5×5 on an odd size",
    [
      [1, 2, 7, 5],
      [2, 1, 5, 5],
    ],
    { group: 2, strides: [2, 2], pads: [2, 2, 2, 2] },
  ],
  [
    "depthwise, strides 3 and 2, dilated",
    [
      [1, 2, 8, 7],
      [2, 1, 2, 3],
    ],
    { group: 2, strides: [3, 2], dilations: [2, 2], pads: [1, 2, 2, 2] },
  ],
  [
    "depthwise with a multiplier",
    [
      [1, 2, 4, 4],
      [4, 1, 2, 2],
    ],
    { group: 2, strides: [2, 2] },
  ],
  [
    "a stride beyond the kernel",
    [
      [1, 2, 7, 7],
      [2, 2, 1, 2],
    ],
    { strides: [3, 3] },
  ],
  [
    "dilation",
    [
      [1, 2, 6, 7],
      [2, 2, 2, 3],
    ],
    { dilations: [3, 2], pads: [1, 2, 0, 2] },
  ],
  ["1×1", [[2, 3, 2, 3], [2, 3, 1, 1], [2]], {}],
  [
    "three axes",
    [
      [1, 2, 3, 3, 4],
      [2, 2, 2, 2, 3],
    ],
    { strides: [1, 2, 2], pads: [1, 0, 1, 0, 1, 1] },
  ],
  [
    "three axes, depthwise",
    [
      [1, 2, 3, 3, 4],
      [2, 1, 2, 2, 3],
    ],
    { group: 2, strides: [2, 1, 2], pads: [1, 0, 1, 0, 1, 1] },
  ],
];

for (const [what, shapes, attributes] of convolutions) {
  test(`Conv, ${what}: gradients by image, weight and bias, and second order`, () => {
    checkGradient({ operators, build: applying("Conv", attributes), inputs: shapes.map(normal), order: 2 });
  });
}

const transposed: typeof convolutions = [
  ["one axis", [[2, 2, 4], [2, 3, 3], [3]], { strides: [2], pads: [1, 0] }],
  [
    "output padding",
    [[1, 2, 3, 3], [2, 2, 3, 3], [2]],
    { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 0] },
  ],
  [
    "output padding of a whole stride",
    [
      [1, 1, 3, 3],
      [1, 2, 2, 2],
    ],
    { dilations: [2, 3], output_padding: [1, 2] },
  ],
  [
    "groups",
    [
      [1, 4, 3, 2],
      [4, 2, 2, 2],
    ],
    { group: 2, strides: [2, 3] },
  ],
  [
    "depthwise",
    [
      [1, 2, 3, 4],
      [2, 1, 3, 2],
    ],
    { group: 2, strides: [2, 1], pads: [1, 0, 0, 1] },
  ],
  [
    "three axes",
    [
      [1, 2, 2, 2, 3],
      [2, 1, 2, 3, 2],
    ],
    { strides: [2, 1, 2], pads: [0, 1, 0, 1, 0, 0] },
  ],
];

for (const [what, shapes, attributes] of transposed) {
  test(`ConvTranspose, ${what}: gradients by image, weight and bias, and second order`, () => {
    checkGradient({ operators, build: applying("ConvTranspose", attributes), inputs: shapes.map(normal), order: 2 });
  });
}

test("convolution and transposed convolution are adjoint: ⟨conv x, y⟩ = ⟨x, convᵀ y⟩", () => {
  const [x, w, y] = [normal([1, 6, 9, 8]), normal([4, 3, 3, 2]), normal([1, 4, 5, 4])];
  const attributes = { group: 2, strides: [2, 2], pads: [1, 0, 1, 0] };
  const apply = (op: string, image: typeof x, more = {}) => {
    const b = new Builder(operators);
    const graph = b.finish([b.apply(op, [b.input("x", image), b.input("w", w)], { ...attributes, ...more })]);
    return [
      ...evaluate(
        graph,
        new Map([
          ["x", image],
          ["w", w],
        ]),
        operators,
      ).values(),
    ][0]!;
  };
  const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const [forward, back] = [apply("Conv", x), apply("ConvTranspose", y)];
  assert.deepEqual([forward.shape, back.shape], [y.shape, x.shape]);
  assert.ok(Math.abs(inner(forward.data, y.data) - inner(x.data, back.data)) < 1e-9);
});

/** captum's `BasicModel_ConvNet_One_Conv`, as restated in its tests: all its numbers can be checked by hand. */
test("the one-convolution toy network has its known activations, logits and gradient", () => {
  const b = new Builder(operators);
  const x = b.input("x", { dtype: "float32", shape: [1, 1, 4, 4] });
  const before = b.apply("Conv", [
    x,
    b.tensor(float32([2, 1, 3, 3], new Float32Array(18).fill(1))),
    b.tensor(float32([2], [-50, -75])),
  ]);
  const row = [1, 1, 1, 1, 1, -1, -1, -1];
  const weights = b.tensor(float32([4, 8], [...row, ...row, ...row, ...row]));
  const logits = b.apply("Relu", [
    b.apply("Gemm", [b.reshape(b.apply("Relu", [before]), [1, 8]), weights], { transB: true }),
  ]);
  const first = b.slice(logits, [1], [0], [1]);
  const [grad] = differentiate(
    b,
    [{ of: first, cotangent: b.scalar(1) }].map(({ of, cotangent }) => ({
      of,
      cotangent: b.expand(cotangent, [1, 1]),
    })),
    [x],
  );
  const graph = prune(b.finish([before, logits, grad!]));
  const image = float32(
    [1, 1, 4, 4],
    Array.from({ length: 16 }, (_, i) => i),
  );
  const values = [...evaluate(graph, new Map([["x", image]]), operators).values()].map((value) => [
    ...narrow(value).data,
  ]);
  assert.deepEqual(values[0], [-5, 4, 31, 40, -30, -21, 6, 15]);
  assert.deepEqual(values[1], [54, 54, 54, 54]);
  // Open positions: (0,1), (1,0), (1,1) of channel 0 with weight 1; (1,0), (1,1) of channel 1 with weight −1, which cancel in rows 1 to 3.
  assert.deepEqual(values[2], [0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0]);
});

test("what does not fit is refused in a sentence", () => {
  const apply = (op: string, shapes: readonly Shape[], attributes: Readonly<Record<string, AttributeValue>> = {}) => {
    const b = new Builder(operators);
    return b.apply(
      op,
      shapes.map((shape, i) => b.input(`x${i}`, { dtype: "float32", shape })),
      attributes,
    );
  };
  assert.throws(
    () =>
      apply("Conv", [
        [1, 3, 4, 4],
        [2, 2, 3, 3],
      ]),
    /Conv with 1 groups cannot apply a weight of shape \[2, 2, 3, 3\] to \[1, 3, 4, 4\]/,
  );
  assert.throws(
    () =>
      apply("Conv", [
        [1, 2, 2, 2],
        [2, 2, 3, 3],
      ]),
    /a window that reaches over 3 does not fit into 2/,
  );
  assert.throws(() => apply("Conv", [[1, 2, 4, 4], [2, 2, 3, 3], [3]]), /cannot add a bias of \[3\] to 2 channels/);
  assert.throws(
    () =>
      apply(
        "Conv",
        [
          [1, 2, 4, 4],
          [2, 2, 3, 3],
        ],
        { strides: [0, 1] },
      ),
    /values of at least 1 for strides/,
  );
  assert.throws(
    () =>
      apply(
        "Conv",
        [
          [1, 2, 4, 4],
          [2, 2, 3, 3],
        ],
        { pads: [1, 1] },
      ),
    /Conv needs 4 values of at least 0 for pads/,
  );
  assert.throws(
    () =>
      apply(
        "ConvTranspose",
        [
          [1, 2, 4],
          [2, 1, 3],
        ],
        { output_padding: [1] },
      ),
    /output_padding below its strides or dilations/,
  );
});
