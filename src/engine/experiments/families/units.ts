import { readOptions } from "../../../methods/option.ts";
import { maximizedActivation } from "../../../methods/visualization/maximized-activation.ts";
import type { VisualizeOptions } from "../../../protocol/visualization.ts";
import { GlassboxError } from "../../../tensor/errors.ts";
import type { Family } from "./family.ts";

/** Units and other objectives, each with its pictures. */
export const unitFamily: Family<"unit"> = {
  open: ({ vision }, model) => vision.openModel({ model }),
  async run({ vision }, { job, model, preprocessing, task: { planned, options } }, hear, cancelled) {
    const params = {
      job,
      model,
      objectives: [planned.objective],
      options: readOptions(maximizedActivation.options, options) as VisualizeOptions,
      photographs: planned.photographs,
      preprocessing,
    };
    const {
      results: [result],
      ...outcome
    } = await vision.visualizations.run(params, ({ progress }) => hear(progress), cancelled);
    if (result === undefined) throw new GlassboxError("resource", "it was stopped before anything was grown");
    return { ...outcome, result: { ...result, data: { kind: "grown", ...result.data } } };
  },
};
