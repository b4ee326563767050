import { deconvnet } from "./attribution/deconvnet.ts";
import { gradCam } from "./attribution/grad-cam.ts";
import { gradient } from "./attribution/gradient.ts";
import { guidedBackprop } from "./attribution/guided-backprop.ts";
import { inputGradient } from "./attribution/input-gradient.ts";
import { integratedGradients } from "./attribution/integrated-gradients.ts";
import { smoothGrad } from "./attribution/smoothgrad.ts";
import type { AnyMethod } from "./method.ts";
import { prediction } from "./prediction/prediction.ts";

/** All methods. Panels, the command line, experiment files and their schema read this table. */
const all: readonly AnyMethod[] = [
  prediction,
  gradient,
  inputGradient,
  smoothGrad,
  integratedGradients,
  gradCam,
  guidedBackprop,
  deconvnet,
];

export const methods: ReadonlyMap<string, AnyMethod> = new Map(all.map((method) => [method.id, method]));
