import type { FedValues } from "../fed-values.ts";

/** A network of keras.applications, by the name that Keras gives it and the layer that first has weights. */
export interface Application {
  readonly title: string;
  readonly name: RegExp;
  readonly firstLayer: RegExp;
  /** [row, column, channel, unit]; what its width changes is left open. */
  readonly kernel: readonly [number, number, number, number | undefined];
  /** What `preprocess_input` of its module gives; `byte` where it does nothing, because the network rescales inside. */
  readonly values: FedValues["values"];
}

/** `preprocess_input` of each module of keras.applications: the modes "caffe", "tf", "torch", and none. */
const applications: readonly Application[] = [
  row("VGG", /^vgg(16|19)$/, /^block1_conv1$/, [3, 3, 3, 64], "caffe"),
  row("ResNet", /^resnet(50|101|152)$/, /^(conv1_conv|conv1)$/, [7, 7, 3, 64], "caffe"),
  row("ResNet V2", /^resnet(50|101|152)v2$/, /^conv1_conv$/, [7, 7, 3, 64], "signed"),
  row("MobileNet", /^mobilenet_\d\.\d+_\d+$/, /^conv1$/, [3, 3, 3, undefined], "signed"),
  row("MobileNet V2", /^mobilenetv2_\d\.\d+_\d+$/, /^Conv1$/, [3, 3, 3, undefined], "signed"),
  row("Inception V3", /^inception_v3$/, /^conv2d(_\d+)?$/, [3, 3, 3, 32], "signed"),
  row("Inception-ResNet V2", /^inception_resnet_v2$/, /^conv2d(_\d+)?$/, [3, 3, 3, 32], "signed"),
  row("Xception", /^xception$/, /^block1_conv1$/, [3, 3, 3, 32], "signed"),
  row("NASNet", /^nasnet(_mobile|_large)?$/i, /^stem_conv1$/, [3, 3, 3, undefined], "signed"),
  row("DenseNet", /^densenet(121|169|201)$/, /^(conv1_conv|conv1\/conv)$/, [7, 7, 3, 64], "imagenet"),
  row("MobileNet V3", /^mobilenetv3(small|large)$/i, /^(conv|Conv)$/, [3, 3, 3, 16], "byte"),
  row("EfficientNet", /^efficientnetb[0-7]$/, /^stem_conv$/, [3, 3, 3, undefined], "byte"),
  row("EfficientNet V2", /^efficientnetv2-(b[0-3]|s|m|l)$/, /^stem_conv$/, [3, 3, 3, undefined], "byte"),
  row("ConvNeXt", /^convnext_(tiny|small|base|large|xlarge)$/, /_stem_conv$|_stem/, [4, 4, 3, undefined], "byte"),
];

function row(
  title: string,
  name: RegExp,
  firstLayer: RegExp,
  kernel: Application["kernel"],
  values: Application["values"],
): Application {
  return { title, name, firstLayer, kernel, values };
}

/** The application of this name whose first weights are of this name and shape: a name alone may be anybody's. */
export const applicationOf = (model: string, firstLayer: string, kernel: readonly number[]): Application | undefined =>
  applications.find(
    (each) =>
      each.name.test(model) &&
      each.firstLayer.test(firstLayer) &&
      kernel.length === 4 &&
      each.kernel.every((extent, axis) => extent === undefined || extent === kernel[axis]),
  );
