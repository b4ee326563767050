import type { Sniffer } from "../candidate.ts";

/** The model.json of a LayersModel or a GraphModel, or a bare manifest of weights. */
export const sniffTensorFlowJs: Sniffer = ({ latin }) =>
  /^\s*\{/.test(latin) && /"(modelTopology|weightsManifest|convertedBy)"/.test(latin);
