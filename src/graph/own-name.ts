import type { ValueName } from "./graph.ts";

/** The beginning of the names that Glassbox gives. No value of a model has such a name: importers give it another. */
const mark = "glassbox:";

/** The name of an input or output that a transform adds, e.g. `glassbox:score`. A model's own `score` is another value. */
export const ownName = (name: string): ValueName => `${mark}${name}`;

/** The name of a model's value: its own, unless it looks like one of ours. */
export const modelName = (name: string): ValueName => (name.startsWith(mark) ? `model:${name}` : name);
