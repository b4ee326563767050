import { defaultCrop, type ImageInput } from "../data/image/conventions.ts";
import type { Preprocessing } from "../data/image/preprocessing.ts";
import type { FedValues } from "../formats/fed-values.ts";
import type { Entry } from "../protocol/contract.ts";
import { assumed, known } from "./evidence.ts";

type Rule = Pick<Preprocessing, "range" | "mean" | "std" | "channelOrder">;

const plain = (range: Rule["range"]): Rule => ({ range, mean: [0, 0, 0], std: [1, 1, 1], channelOrder: "RGB" });

/** The numbers of Keras's `imagenet_utils.preprocess_input`. */
const rules: Readonly<Record<FedValues["values"], Rule>> = {
  byte: plain([0, 255]),
  unit: plain([0, 1]),
  signed: plain([-1, 1]),
  imagenet: { ...plain([0, 1]), mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  caffe: { ...plain([0, 255]), mean: [103.939, 116.779, 123.68], channelOrder: "BGR" },
};

/** How pictures are prepared, by what the network's own file says; the usual resize and crop. */
export function fromFedValues({ values, sure, words }: FedValues, input: ImageInput): Entry<Preprocessing> | undefined {
  const rule = rules[values];
  if (input.channels === 1 && (values === "caffe" || values === "imagenet")) return undefined;
  const grey: Partial<Rule> = input.channels === 1 ? { mean: [0], std: [1], channelOrder: "grey" } : {};
  const preprocessing: Preprocessing = {
    ...defaultCrop(input),
    ...rule,
    ...grey,
    layout: input.layout,
    source: "metadata",
    reason: words,
  };
  return (sure ? known : assumed)(preprocessing, "file", words);
}
