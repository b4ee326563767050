import { count, edits as editsOption, toggle, type NumberOption } from "../option.ts";

/** Options shared by several analyses of a prompt. */

export const edits = editsOption({
  label: "Interventions",
  description:
    'Interventions, as a JSON array, e.g. [{"kind":"scale","site":"blocks.3.attn.hook_z","head":2,"factor":0}].',
});

export const top = (maximum: number): NumberOption =>
  count(5, 1, maximum, { label: "Top tokens", description: "Number of top tokens listed at each position." });

export const valueWeighted = toggle(false, {
  label: "Value-weighted",
  description: "Multiplies each attention weight by the norm of its value vector.",
});
