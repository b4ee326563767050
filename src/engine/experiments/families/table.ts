import type { Subject } from "../../../protocol/analysis-card.ts";
import { dataFamily } from "./data.ts";
import type { Family } from "./family.ts";
import { pictureFamily } from "./pictures.ts";
import { promptFamily } from "./prompts.ts";
import { unitFamily } from "./units.ts";

export const families: { readonly [Takes in Subject]: Family<Takes> } = {
  picture: pictureFamily,
  data: dataFamily,
  unit: unitFamily,
  prompt: promptFamily,
};

/** The family of a kind that is known only when it runs. */
export const familyOf = (takes: Subject): Family<Subject> => families[takes] as Family<Subject>;
