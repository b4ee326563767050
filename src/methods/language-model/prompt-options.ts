import { count, edits as editsOption, toggle, type NumberOption } from "../option.ts";

/** Options that several analyses of a prompt share. */

export const edits = editsOption({
  label: "Interventions",
  description:
    'Interventions, as a JSON array, e.g. [{"kind":"scale","site":"blocks.3.attn.hook_z","head":2,"factor":0}].',
});

export const top = (maximum: number): NumberOption =>
  count(5, 1, maximum, { label: "Top tokens", description: "Tokens listed at each position, best first." });

export const valueWeighted = toggle(false, {
  label: "Value-weighted",
  description: "Multiplies each weight by the norm of the value that it fetches.",
});
