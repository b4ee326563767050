import { zipWith, type Sniffer } from "../candidate.ts";

/** A pickle of parameters with the source of a program. */
export const sniffTorchScript: Sniffer = zipWith(/^[^/]+\/code\/.*\.py$/);

/** PT2 archives, and the zip that torch 2.1 to 2.7 wrote. */
export const sniffTorchExport: Sniffer = zipWith(/(^|\/)(archive_format|serialized_exported_program\.json)$/);

/** `torch.save` since version 1.6. */
export const sniffCheckpoint: Sniffer = zipWith(/^[^/]+\/data\.pkl$/);

/** Protocol 2 to 5, and a first opcode that begins an object. */
export const sniffPickle: Sniffer = ({ latin }) => /^\x80[\x02-\x05][\x20-\x7f\x8a-\x95]/.test(latin);
