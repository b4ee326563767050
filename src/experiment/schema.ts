import { toleranceUnits } from "./read-claim.ts";
import { aggregates } from "../answers/reading/aggregate.ts";
import { experimentVersion } from "./experiment.ts";
import { conventionNames } from "./preprocessing.ts";
import { siteOption } from "./site-option.ts";
import type { AnalysisCard, OptionCard } from "../protocol/analysis-card.ts";

type Schema = Readonly<Record<string, unknown>>;

const text = (description: string): Schema => ({ type: "string", minLength: 1, description });
const list = (items: Schema, description: string): Schema => ({ type: "array", minItems: 1, items, description });
const closed = (properties: Schema, required: readonly string[], more: Schema = {}): Schema => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
  ...more,
});

/** The JSON Schema of experiment files for editors without Glassbox, generated from the methods' option tables. */
export function experimentSchema(cards: readonly AnalysisCard[]): Schema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Glassbox experiment",
    ...closed(
      {
        version: { const: experimentVersion, description: "Version of this format." },
        title: text("What is asked, in a few words."),
        description: text("Why this is asked, for readers of the report."),
        model: text("The model file, relative to this one."),
        inputs: list(
          { anyOf: [text("A picture or .npy tensor, or a pattern such as photos/*.png."), ...inputSchemas] },
          "What is looked at: pictures, labelled data, units or prompts.",
        ),
        preprocessing: {
          description:
            "How a picture becomes the input: the name of a convention, or the values. If it is left out, the file next to the model decides; without such a file it is detected.",
          anyOf: [{ enum: conventionNames }, { type: "object" }],
        },
        analyses: list({ anyOf: cards.map(analysisSchema) }, "What is asked of each input."),
        claims: list(claimSchema, "What is expected of the answers."),
      },
      ["model", "inputs", "analyses"],
    ),
  };
}

const name = text("What claims and files call it.");
const photographs = text("A folder of real pictures to compare with; three sample photographs if left out.");
const pair = {
  corrupted: text("What patching compares with: as many tokens long."),
  answer: text("The token that is right, e.g. ' Mary', or # and its id."),
  wrong: text("The token that it is compared with."),
  name,
};

const inputSchemas = [
  closed(
    {
      file: text("A picture, a .npy tensor, or a pattern."),
      folder: text("A folder: all its pictures and tensors."),
      mask: text("A picture that is white where the object is, for share(mask)."),
    },
    [],
  ),
  closed(
    {
      data: text(
        "Labelled samples: procedural[:<count>[:<seed>]] or concepts[:<count>[:<seed>]]; a folder with a subfolder for each class; a .csv, .tsv or .npz file.",
      ),
      label: text("What is decoded; the first of the data's if left out."),
      name,
    },
    ["data"],
  ),
  closed({ unit: text("A channel of a site, e.g. blocks.5:20."), photographs, name }, ["unit"]),
  closed({ objective: text('What to grow for, e.g. channel("blocks.5", 20) - 0.2*diversity.'), photographs, name }, [
    "objective",
  ]),
  closed(
    {
      prompt: text("A text."),
      bos: {
        type: "boolean",
        description: "Whether it begins with the beginning-of-sequence token; as the tokenizer says if left out.",
      },
      eos: {
        type: "boolean",
        description: "Whether it ends with what the tokenizer's template adds; as the tokenizer says if left out.",
      },
      ...pair,
    },
    ["prompt"],
  ),
  closed({ ids: text("Token ids between spaces."), ...pair }, ["ids"]),
];

function analysisSchema(card: AnalysisCard): Schema {
  const { id, title, summary, cost, needsTarget, options } = card;
  return closed(
    {
      id: {
        type: "string",
        pattern: "^[\\p{L}\\p{N}_-]+$",
        description: "What claims and files call it; the method's name if left out.",
      },
      method: { const: id, description: `${title}. ${summary} Cost: ${cost}.` },
      ...(needsTarget && {
        target: {
          type: ["string", "integer"],
          description:
            "A class's number or name, or an expression such as logit:281 - logit:285, probability:3, logit:7@own, box:12:class:0. Left out, what the model finds most in each input.",
        },
      }),
      ...(options.length > 0 && {
        options: closed(Object.fromEntries(options.map((option) => [option.name, optionSchema(option)])), []),
      }),
      ...(siteOption(card) && {
        sites: list(
          text("A site of the model."),
          siteOption(card)!.many
            ? "All in one analysis."
            : `Asked once for each: option ${siteOption(card)!.name} takes these in turn.`,
        ),
      }),
    },
    ["method"],
    { title },
  );
}

function optionSchema({ kind, label, description, fallback, minimum, maximum, whole, choices }: OptionCard): Schema {
  const words = { title: label, description, default: fallback };
  switch (kind) {
    case "number":
      return { type: whole ? "integer" : "number", minimum, maximum, ...words };
    case "choice":
      return { enum: choices, ...words };
    case "analysis":
      return { enum: [fallback, ...(choices ?? [])], ...words };
    case "flag":
      return { type: "boolean", ...words };
    default:
      return { type: "string", ...words };
  }
}

const bound = { anyOf: [{ type: "number" }, text("Another reading of the same input, e.g. gradient.share(mask).")] };

const claimSchema = closed(
  {
    expect: text(
      "What is read: the analysis, then a path, e.g. ig.certificate.completeness.net, prediction.top.1.name, ig.share(mask).",
    ),
    on: text("The input that it speaks of; every one if left out."),
    over: { enum: aggregates, description: "One number of all inputs instead of each one's." },
    because: text("Why it is claimed."),
    within: {
      anyOf: [
        { type: "number", minimum: 0 },
        { type: "string", pattern: `^\\d+(\\.\\d+)?([eE][+-]?\\d+)?\\s*(${toleranceUnits.join("|")})?$` },
      ],
      description: "How far a number may be off, with its unit: 2 %, 0.5 points, 0.01 logits.",
    },
    is: { type: ["string", "number", "boolean"], description: "Equal, or within the tolerance." },
    isNot: { type: ["string", "number", "boolean"] },
    above: bound,
    below: bound,
    atLeast: bound,
    atMost: bound,
    between: { type: "array", items: { type: "number" }, minItems: 2, maxItems: 2 },
    oneOf: { type: "array", minItems: 1, items: { type: ["string", "number"] } },
  },
  ["expect"],
  {
    oneOf: ["is", "isNot", "above", "below", "atLeast", "atMost", "between", "oneOf"].map((name) => ({
      required: [name],
    })),
  },
);
