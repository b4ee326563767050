import { activationLayers } from "./activations.ts";
import { attentions } from "./attention.ts";
import { borders } from "./borders.ts";
import { convolutions } from "./convolution.ts";
import { coreLayers } from "./core.ts";
import { identities } from "./identity.ts";
import type { Law } from "./layer-call.ts";
import { mergings } from "./merging.ts";
import { normalizations } from "./normalization.ts";
import { poolings } from "./pooling.ts";
import { recurrents } from "./recurrent.ts";
import { resizings } from "./resizing.ts";
import { scalings } from "./scaling.ts";

const laws: Readonly<Record<string, Law>> = {
  ...coreLayers,
  ...activationLayers,
  ...convolutions,
  ...poolings,
  ...normalizations,
  ...mergings,
  ...borders,
  ...resizings,
  ...scalings,
  ...recurrents,
  ...attentions,
  ...identities,
};

/** What a layer computes at inference; undefined for a class that Keras does not have, or that has no meaning here. */
export const lawOf = (className: string): Law | undefined =>
  Object.hasOwn(laws, className) ? laws[className] : undefined;
