import type { Law } from "./layer-call.ts";

/** What acts in training alone: at inference the input as it came. AutoContrast, which acts always, is not among them. */
const names = [
  "Dropout",
  "SpatialDropout1D",
  "SpatialDropout2D",
  "SpatialDropout3D",
  "AlphaDropout",
  "GaussianDropout",
  "GaussianNoise",
  "ActivityRegularization",
  "Identity",
  "AugMix",
  "Solarization",
  "Equalization",
  "CutMix",
  "MixUp",
  "RandAugment",
  "RandomBrightness",
  "RandomColorDegeneration",
  "RandomColorJitter",
  "RandomContrast",
  "RandomElasticTransform",
  "RandomErasing",
  "RandomFlip",
  "RandomGaussianBlur",
  "RandomGrayscale",
  "RandomHue",
  "RandomInvert",
  "RandomPerspective",
  "RandomPosterization",
  "RandomRotation",
  "RandomSaturation",
  "RandomSharpness",
  "RandomShear",
  "RandomTranslation",
  "RandomZoom",
];

export const identities: Readonly<Record<string, Law>> = {
  ...Object.fromEntries(names.map((name): [string, Law] => [name, (c) => c.x])),
  /** The input of a layer inside another: nothing is done. */
  SpectralNormalization: (c) => c.inner(c.layer.inner[0]![1], c.x),
};
