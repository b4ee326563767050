import type { Sniffer } from "../candidate.ts";
import { onlyFields } from "../onnx/sniff.ts";
import { LENGTH, VARINT } from "../onnx/wire.ts";

/** The kinds of models that Model.proto has, from pipelines (200) to neural networks (500) and custom models (3000). */
const isModelField = (number: number): boolean => number >= 200 && number <= 3000;

/** Model.proto: specification version, description, perhaps whether it can be updated, and one model of some kind. */
export const sniffCoreMl: Sniffer = ({ source, head }) => {
  if (source.size < 4 || head[0] !== 0x08 || head[2] !== 0x12) return false;
  let models = 0;
  const known = onlyFields(source, ({ number, type }) => {
    if (number === 1 || number === 10) return type === VARINT;
    if (isModelField(number)) models++;
    return type === LENGTH && (number === 2 || isModelField(number));
  });
  return known && models === 1;
};
