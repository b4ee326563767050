import type { Sniffer } from "../candidate.ts";

const signature = "\x89HDF\r\n\x1a\n";

/** The signature may follow a user block of 512 bytes, 1024, 2048 … */
export const sniffHdf5: Sniffer = ({ latin, source }) => {
  if (latin.startsWith(signature) || latin.startsWith(signature, 512)) return true;
  for (let offset = 1024; offset <= 4096 && offset + 8 <= source.size; offset *= 2) {
    if (String.fromCharCode(...source.read(offset, 8)) === signature) return true;
  }
  return false;
};
