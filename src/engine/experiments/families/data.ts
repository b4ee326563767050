import { siteNames } from "../../../protocol/written-lists.ts";
import { linearProbes } from "../../../methods/probing/linear-probes.ts";
import { readOptions } from "../../../methods/option.ts";
import type { ProbeOptions } from "../../../protocol/probing.ts";
import type { Family } from "./family.ts";

/** Labelled data, all rows together. */
export const dataFamily: Family<"data"> = {
  open: ({ vision }, model) => vision.openModel({ model }),
  async run({ vision }, { job, model, preprocessing, task: { planned, options: given } }, hear, cancelled) {
    const { sites, ...options } = readOptions(linearProbes.options, given);
    const named = siteNames(sites);
    const params = {
      job,
      model,
      data: planned.data,
      label: planned.label,
      sites: named.length ? named : undefined,
      options: options as ProbeOptions,
      preprocessing,
    };
    const { result, ...outcome } = await vision.probes.run(params, ({ progress }) => hear(progress), cancelled);
    return { ...outcome, result: { ...result, data: { kind: "probes", ...result.data } } };
  },
};
