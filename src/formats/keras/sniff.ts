import { zipWith, type Sniffer } from "../candidate.ts";

/** What Keras 3 saves as .keras. */
export const sniffKeras: Sniffer = zipWith(/^(model\.weights\.(h5|npz)|config\.json)$/);
