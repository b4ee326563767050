import type { Sniffer } from "../candidate.ts";
import { onlyFields } from "../onnx/sniff.ts";
import { LENGTH, VARINT } from "../onnx/wire.ts";

/** SavedModel: schema version 1, then meta graphs, and nothing else. */
export const sniffSavedModel: Sniffer = ({ source, head }) =>
  source.size >= 4 &&
  head[0] === 0x08 &&
  head[1] === 0x01 &&
  head[2] === 0x12 &&
  onlyFields(source, ({ number, type }) => (number === 1 && type === VARINT) || (number === 2 && type === LENGTH));
