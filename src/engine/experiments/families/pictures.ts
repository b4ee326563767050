import type { ModelCard } from "../../../protocol/model.ts";
import { maskFor } from "../masks.ts";
import type { Family } from "./family.ts";

/** Pictures and tensors, one at a time. */
export const pictureFamily: Family<"picture"> = {
  open: ({ vision }, model) => vision.openModel({ model }),
  prepare: ({ vision }, { model, preprocessing, task: { planned } }) =>
    vision.prepareInput({ model, input: { path: planned.path }, preprocessing }),
  async run({ vision }, { job, model, preprocessing, task: { planned, method, target, options } }, hear, cancelled) {
    const outcome = await vision.runMethod(
      { job, model, input: { path: planned.path }, preprocessing, method, target, options },
      ({ progress }) => hear(progress),
      cancelled,
    );
    if (!outcome.cancelled) vision.keepShown(job, outcome.result);
    return outcome;
  },
  context: ({ card, folder, task: { planned }, prepared }) => ({
    classNames: (card as ModelCard).classes?.names,
    mask: (name) => maskFor(name, planned, folder, prepared?.preprocessing),
  }),
};
