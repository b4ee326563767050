import type { ChannelOrder, Layout, Preprocessing, Resize } from "./preprocessing.ts";

/** How pixel values are transformed. Resizing and cropping are separate. */
export type ValueRule = Pick<Preprocessing, "range" | "mean" | "std" | "channelOrder">;

export interface Convention extends ValueRule {
  readonly name: ConventionName;
  readonly title: string;
  /** Who uses this convention. */
  readonly source: string;
  /**
   * The approximate share of published image classifiers that expect this convention. It is 0 for a convention that users
   * may choose but that detection does not try, because its answers equal or resemble those of another one.
   */
  readonly prior: number;
}

export type ConventionName =
  | "imagenet"
  | "inception"
  | "tensorflow"
  | "caffe"
  | "unit"
  | "byte"
  | "byte-bgr"
  | "clip"
  | "mnist"
  | "grey-unit"
  | "grey-signed"
  | "grey-byte";

const rgb = { range: [0, 1], mean: [0, 0, 0], std: [1, 1, 1], channelOrder: "RGB" } as const satisfies ValueRule;
const grey = { range: [0, 1], mean: [0], std: [1], channelOrder: "grey" } as const satisfies ValueRule;

export const conventions: readonly Convention[] = [
  {
    ...rgb,
    name: "imagenet",
    title: "ImageNet mean and deviation, RGB",
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    prior: 0.5,
    source: "torchvision.models and most of timm (IMAGENET_DEFAULT_MEAN)",
  },
  {
    ...rgb,
    name: "inception",
    title: "Mean and deviation 0.5, RGB",
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    prior: 0.2,
    source: "timm's IMAGENET_INCEPTION_MEAN; ViT and BEiT from Hugging Face",
  },
  {
    ...rgb,
    name: "tensorflow",
    title: "−1 to 1, RGB",
    range: [-1, 1],
    prior: 0,
    source: 'keras.applications preprocess_input, mode "tf": the same numbers as mean and deviation 0.5',
  },
  {
    ...rgb,
    name: "caffe",
    title: "0 to 255 minus (104, 117, 123), BGR",
    range: [0, 255],
    mean: [104, 117, 123],
    channelOrder: "BGR",
    prior: 0.12,
    source: 'Caffe\'s model zoo (GoogLeNet, SqueezeNet, VGG); keras.applications mode "caffe" to one decimal',
  },
  { ...rgb, name: "unit", title: "0 to 1, RGB", prior: 0.1, source: "YOLO classifiers; models that normalise inside" },
  {
    ...rgb,
    name: "byte",
    title: "0 to 255, RGB",
    range: [0, 255],
    prior: 0.08,
    source: "Keras EfficientNet and MobileNetV3, which rescale inside",
  },
  {
    ...rgb,
    name: "byte-bgr",
    title: "0 to 255, BGR",
    range: [0, 255],
    channelOrder: "BGR",
    prior: 0,
    source: "OpenCV's imread; OpenVINO conversions that normalise inside",
  },
  {
    ...rgb,
    name: "clip",
    title: "CLIP mean and deviation, RGB",
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
    prior: 0,
    source: "openai/CLIP; within a few hundredths of ImageNet's",
  },
  {
    ...grey,
    name: "mnist",
    title: "MNIST mean and deviation, grey",
    mean: [0.1307],
    std: [0.3081],
    prior: 0.35,
    source: "pytorch/examples, mnist",
  },
  { ...grey, name: "grey-unit", title: "0 to 1, grey", prior: 0.35, source: "Keras and scikit-learn tutorials" },
  {
    ...grey,
    name: "grey-signed",
    title: "−1 to 1, grey",
    mean: [0.5],
    std: [0.5],
    prior: 0.2,
    source: "PyTorch tutorials (Normalize(0.5, 0.5))",
  },
  {
    ...grey,
    name: "grey-byte",
    title: "0 to 255, grey",
    range: [0, 255],
    prior: 0.1,
    source: "the ONNX model zoo's mnist",
  },
];

export function conventionNamed(name: ConventionName): Convention {
  return conventions.find((convention) => convention.name === name)!;
}

/** The named convention that gives the same values as `rule`, if there is one. */
export function conventionOf(rule: ValueRule): Convention | undefined {
  return conventions.find(
    (convention) =>
      convention.channelOrder === rule.channelOrder &&
      samples(rule).every((value, i) => Math.abs(value - samples(convention)[i]!) < 1e-3 * Math.abs(slope(rule))),
  );
}

/** The values of black and white in each channel. These two numbers determine an affine rule. */
const samples = ({ range, mean, std }: ValueRule): number[] =>
  mean.flatMap((m, i) => [(range[0] - m) / std[i]!, (range[1] - m) / std[i]!]);
const slope = ({ range, std }: ValueRule): number => (range[1] - range[0]) / std[0]!;

export interface ImageInput {
  readonly layout: Layout;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
}

const defaultSide = 224;

/**
 * Interprets a model's input shape as one picture; `undefined` if it is not one. An unknown extent is `undefined` or not
 * positive; an unknown height or width becomes 224, the standard size for ImageNet.
 */
export function imageInput(shape: readonly (number | undefined)[], layout?: Layout): ImageInput | undefined {
  if (shape.length !== 4) return undefined;
  const at = (axis: number): number => shape[axis] ?? 0;
  for (const candidate of layout ? [layout] : (["NCHW", "NHWC"] as const)) {
    const channels = at(candidate === "NCHW" ? 1 : 3);
    if (channels !== 1 && channels !== 3) continue;
    const [height, width] = candidate === "NCHW" ? [at(2), at(3)] : [at(1), at(2)];
    return {
      layout: candidate,
      channels,
      height: height > 0 ? height : defaultSide,
      width: width > 0 ? width : defaultSide,
    };
  }
  return undefined;
}

/** Models with a smaller input were trained on whole small pictures, so their inputs are not cropped. */
const smallSide = 97;
/** The share of the resized side that the centre crop keeps: 224 of 256 in torchvision, Caffe and timm. */
const cropShare = 0.875;

/** The standard resize and crop for a model of this size: resize the shorter side, then centre crop. A non-square input takes the whole picture. */
export function defaultCrop({
  height,
  width,
}: Pick<ImageInput, "height" | "width">): Pick<Preprocessing, "resize" | "crop"> {
  if (height !== width) return { resize: { mode: "exact", size: [height, width], filter: "bilinear" }, crop: null };
  const size = height < smallSide ? height : Math.round(height / cropShare);
  const resize: Resize = { mode: "shorter-side", size, filter: "bilinear" };
  return { resize, crop: { height, width } };
}

/** The conventions to try for an input of this shape, the most common first; empty if the input is not a picture. */
export function candidates(
  shape: readonly (number | undefined)[],
  layout?: Layout,
): readonly { readonly convention: ConventionName; readonly preprocessing: Preprocessing }[] {
  const input = imageInput(shape, layout);
  if (!input) return [];
  return conventions
    .filter(({ channelOrder, prior }) => prior > 0 && isGrey(channelOrder) === (input.channels === 1))
    .sort((a, b) => b.prior - a.prior)
    .map((convention) => ({ convention: convention.name, preprocessing: preprocessingFor(convention, input) }));
}

const isGrey = (order: ChannelOrder): boolean => order === "grey";

export function preprocessingFor(convention: Convention, input: ImageInput): Preprocessing {
  const { range, mean, std, channelOrder, title, source } = convention;
  return {
    ...defaultCrop(input),
    range,
    mean,
    std,
    channelOrder,
    layout: input.layout,
    source: "default",
    reason: `${title}: the convention of ${source}.`,
  };
}
