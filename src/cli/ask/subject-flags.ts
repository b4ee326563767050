import path from "node:path";
import { readIds, readToken, unitObjective } from "../../protocol/prompt-text.ts";
import { isMadeData } from "../../protocol/made-data.ts";
import type { SubjectKind } from "../../protocol/analysis-card.ts";
import type { Prompt } from "../../protocol/language-model.ts";
import type { Subject } from "../../protocol/question.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Arguments, FlagTable } from "../flags.ts";

/** The flags for each kind of subject. Commands copied from panels use them too. */
export const subjectFlags: Readonly<Record<SubjectKind, FlagTable>> = {
  picture: {
    picture: { kind: "text", value: "<file>", description: "A picture, or a .npy tensor as the model takes it." },
  },
  data: {
    data: {
      kind: "text",
      value: "<data>",
      description:
        "Labelled samples: procedural[:<count>[:<seed>]] or concepts[:<count>[:<seed>]] makes pictures at once; a folder with a subfolder for each class, or with images/ and masks/, or of Broden; COCO annotations as .json; a .csv or .tsv with a column path, or of features; an .npz of X and y.",
    },
    label: {
      kind: "text",
      value: "<name>",
      description:
        "What is decoded: for procedural pictures shape, colour, quadrant or size; a column of a table. Default: the first.",
    },
  },
  unit: {
    unit: {
      kind: "text",
      value: "<site>:<channel>",
      description:
        "A channel of a site; repeat it, or separate several by commas. List the sites with: glassbox sites <model>.",
    },
    objective: {
      kind: "text",
      value: "<expression>",
      description: "What to maximize, in place of a unit, e.g. 'channel(\"blocks.5\", 20) - 0.2*diversity'.",
    },
    photographs: {
      kind: "text",
      value: "<folder>",
      description:
        "Real pictures to compare with, at most 200, spread over the folder. Default: three sample photographs.",
    },
  },
  prompt: {
    prompt: { kind: "text", value: "<text>", description: "The prompt." },
    ids: { kind: "text", value: "<ids>", description: "The prompt as token ids, e.g. '504 2427'." },
    bos: {
      kind: "switch",
      description: "Begin with the beginning-of-sequence token; --no-bos without. Default: as the tokenizer says.",
    },
    eos: {
      kind: "switch",
      description:
        "End with what the tokenizer's template adds after a text; --no-eos without, for a prompt that is to be continued. Default: as the tokenizer says.",
    },
    corrupted: {
      kind: "text",
      value: "<prompt>",
      description: "The prompt to compare with, of as many tokens. Default: none, which is the same prompt.",
    },
    answer: { kind: "text", value: "<token>", description: "The right next token, e.g. ' Mary' or #4873." },
    wrong: { kind: "text", value: "<token>", description: "The token that the answer is compared with." },
  },
};

type Read = (given: Arguments) => Subject;

const readers: Readonly<Record<SubjectKind, Read>> = {
  picture: (given) => ({ kind: "picture", input: { path: path.resolve(needed(given, "picture", "<file>")) } }),
  data(given) {
    const data = needed(
      given,
      "data",
      "procedural or concepts to begin with generated pictures, or name a folder, a .csv, .tsv or .npz file",
    );
    return { kind: "data", data: isMadeData(data) ? data : path.resolve(data), label: given.text("label") };
  },
  unit(given) {
    const objectives = [...given.list("unit").map(objectiveOf), ...given.all("objective")];
    if (objectives.length === 0)
      throw new GlassboxError("option", "no unit is named", {
        hint: "Add --unit <site>:<channel>, for example --unit blocks.5:20.",
      });
    const photographs = given.text("photographs");
    return { kind: "unit", objectives, photographs: photographs && path.resolve(photographs) };
  },
  prompt(given) {
    const ids = given.text("ids");
    const prompt = (text: string): Prompt =>
      ids === undefined
        ? { text, addBos: given.on("bos"), ...(given.on("eos") !== undefined && { addEos: given.on("eos") }) }
        : readIds(text);
    const corrupted = given.text("corrupted");
    const token = (name: string) => {
      const text = given.text(name);
      return text === undefined ? undefined : readToken(text);
    };
    return {
      kind: "prompt",
      prompt: prompt(ids ?? needed(given, "prompt", "<text>")),
      corrupted: corrupted === undefined ? undefined : prompt(corrupted),
      answer: token("answer"),
      wrong: token("wrong"),
    };
  },
};

/** The subject given by the flags. Throws if a needed flag is missing. */
export const readSubject = (kind: SubjectKind, given: Arguments): Subject => readers[kind](given);

function needed(given: Arguments, flag: string, value: string): string {
  const text = given.text(flag);
  if (text !== undefined) return text;
  throw new GlassboxError("option", `--${flag} is missing`, { hint: `Write --${flag} ${value}.` });
}

function objectiveOf(unit: string): string {
  const objective = unitObjective(unit);
  if (objective === undefined)
    throw new GlassboxError("option", `"${unit}" names no unit`, {
      hint: "Write <site>:<channel>, for example blocks.5:20.",
    });
  return objective;
}
