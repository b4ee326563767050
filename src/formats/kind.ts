import { candidateOf, type Sniffer } from "./candidate.ts";
import { sniffCoreMl } from "./coreml/sniff.ts";
import { sniffGguf } from "./gguf/sniff.ts";
import { sniffHdf5 } from "./hdf5/sniff.ts";
import { sniffKeras } from "./keras/sniff.ts";
import { sniffNpz } from "./numpy/sniff.ts";
import { sniffOnnx, sniffTensorProto } from "./onnx/sniff.ts";
import { sniffOpenVino } from "./openvino/sniff.ts";
import { sniffCheckpoint, sniffPickle, sniffTorchExport, sniffTorchScript } from "./pytorch/sniff.ts";
import { sniffSafetensors } from "./safetensors/sniff.ts";
import type { ByteSource } from "./source.ts";
import { formatOf, formats, type Format, type SniffedId } from "./table.ts";
import { sniffSavedModel } from "./tensorflow/sniff.ts";
import { sniffTensorFlowJs } from "./tensorflowjs/sniff.ts";

const isText: Sniffer = ({ head }) => {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
};

/** What no magic tells. */
const sniffers: Readonly<Record<SniffedId, Sniffer>> = {
  empty: ({ source }) => source.size === 0,
  gguf: ({ source }) => sniffGguf(source),
  hdf5: sniffHdf5,
  torchscript: sniffTorchScript,
  "torch-export": sniffTorchExport,
  pytorch: sniffCheckpoint,
  keras: sniffKeras,
  npz: sniffNpz,
  pickle: sniffPickle,
  webp: ({ latin }) => latin.startsWith("RIFF") && latin.startsWith("WEBP", 8),
  bmp: ({ latin, source }) => latin.startsWith("BM") && source.size > 26 && /^\0{4}/.test(latin.slice(6)),
  safetensors: ({ source }) => sniffSafetensors(source),
  onnx: ({ source }) => sniffOnnx(source),
  "saved-model": sniffSavedModel,
  coreml: sniffCoreMl,
  openvino: sniffOpenVino,
  html: ({ latin }) => /^(\xef\xbb\xbf)?\s*<(!doctype html|html|head)[\s>]/i.test(latin),
  tensorflowjs: sniffTensorFlowJs,
  json: (candidate) => isText(candidate) && /^(\xef\xbb\xbf)?\s*[[{]/.test(candidate.latin),
  text: isText,
  "onnx-tensor": ({ source }) => sniffTensorProto(source),
  unknown: () => true,
};

const snifferOf = ({ id, magic }: Format): Sniffer =>
  magic === undefined
    ? sniffers[id as SniffedId]
    : ({ latin }) => magic.oneOf.some((text) => latin.startsWith(text, magic.at));

const inOrder = formats.map((format) => ({ format, matches: snifferOf(format) }));

/** What a file truly is, by its bytes; its name and ending are never looked at. */
export function identify(source: ByteSource): Format {
  const candidate = candidateOf(source);
  return inOrder.find(({ matches }) => matches(candidate))?.format ?? formatOf("unknown");
}
