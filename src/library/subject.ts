import path from "node:path";
import { fileURLToPath } from "node:url";
import { writeNpy } from "../formats/numpy/npy.ts";
import type { InputReference } from "../protocol/engine.ts";
import type { Prompt, TokenRef } from "../protocol/language-model.ts";
import { isMadeData } from "../protocol/made-data.ts";
import { unitObjective } from "../protocol/prompt-text.ts";
import type { PromptSubject, Subject } from "../protocol/question.ts";
import { GlassboxError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The short form of a subject. Paths are relative to the working folder. */
export type SubjectInput = OneInput | DataInput | UnitInput | ObjectiveInput;

/** An input of a single run, whose activations can be traced. */
export type OneInput = PictureInput | TensorInput | TextInput | IdsInput;

export interface PictureInput {
  /** A file, or its bytes. */
  readonly picture: string | URL | Uint8Array;
  /** The name shown for bytes. */
  readonly name?: string | undefined;
}

export interface TensorInput {
  /** The model's own input, not preprocessed; with or without the batch axis of 1. */
  readonly tensor: Tensor;
  readonly name?: string | undefined;
}

export interface DataInput {
  /** Labelled samples: `procedural[:<count>[:<seed>]]`, or the path of a folder, a .csv, .tsv or .npz file. */
  readonly data: string;
  /** The first label of the data if unset. */
  readonly label?: string | undefined;
}

interface Photographed {
  /** A folder of real pictures to compare with; the sample photographs if unset. */
  readonly photographs?: string | undefined;
}

export interface UnitInput extends Photographed {
  /** A channel of a site, e.g. `blocks.5:20`, or several. */
  readonly unit: string | readonly string[];
}

export interface ObjectiveInput extends Photographed {
  /** e.g. `channel("blocks.5", 20) - 0.2*diversity`, or several. */
  readonly objective: string | readonly string[];
}

interface Compared {
  /** The correct next token and the token it is compared with: a text that is exactly one token, or an id. */
  readonly answer?: TokenRef | undefined;
  readonly wrong?: TokenRef | undefined;
}

export interface TextInput extends Compared {
  readonly prompt: string;
  /** Whether to prepend the beginning-of-sequence token; the tokenizer's default if unset. */
  readonly bos?: boolean | undefined;
  /** Whether the text ends with what the tokenizer's template adds; as the tokenizer says if left out. */
  readonly eos?: boolean | undefined;
  /** The prompt that it is compared with. Both must have the same number of tokens. */
  readonly corrupted?: string | undefined;
}

export interface IdsInput extends Compared {
  readonly ids: readonly number[];
  readonly corrupted?: readonly number[] | undefined;
}

/** Converts the short form to a question's subject. Throws if the input has none of the known keys. */
export function readSubject(input: SubjectInput): Subject {
  if ("picture" in input) return { kind: "picture", input: pictureOf(input) };
  if ("tensor" in input) {
    const { tensor, name = "tensor.npy" } = input;
    return { kind: "picture", input: { name, bytes: writeNpy(tensor) } };
  }
  if ("data" in input) {
    const { data, label } = input;
    return { kind: "data", data: isMadeData(data) ? data : path.resolve(data), label };
  }
  if ("unit" in input) return unitSubject(listOf(input.unit).map(objectiveOf), input);
  if ("objective" in input) return unitSubject(listOf(input.objective), input);
  if ("prompt" in input) {
    const { bos: addBos, eos: addEos } = input;
    const textOf = (text: string): Prompt => ({ text, addBos, ...(addEos !== undefined && { addEos }) });
    return promptSubject(textOf(input.prompt), input.corrupted && textOf(input.corrupted), input);
  }
  if ("ids" in input) return promptSubject({ ids: input.ids }, input.corrupted && { ids: input.corrupted }, input);
  throw new GlassboxError("option", "the input names no subject", {
    hint: "Give one of picture, tensor, data, unit, objective, prompt or ids.",
  });
}

/** The absolute path of a file, given by a path or a `file:` URL. */
export const pathOf = (file: string | URL): string => (file instanceof URL ? fileURLToPath(file) : path.resolve(file));

function pictureOf({ picture, name = "picture" }: PictureInput): InputReference {
  return picture instanceof Uint8Array ? { name, bytes: picture } : { path: pathOf(picture) };
}

const listOf = (texts: string | readonly string[]): readonly string[] => (typeof texts === "string" ? [texts] : texts);

const unitSubject = (objectives: readonly string[], { photographs }: Photographed): Subject => ({
  kind: "unit",
  objectives,
  photographs: photographs && path.resolve(photographs),
});

function objectiveOf(unit: string): string {
  const objective = unitObjective(unit);
  if (objective !== undefined) return objective;
  throw new GlassboxError("option", `"${unit}" names no unit`, {
    hint: "Write <site>:<channel>, for example blocks.5:20.",
  });
}

const promptSubject = (
  prompt: Prompt,
  corrupted: Prompt | "" | undefined,
  { answer, wrong }: Compared,
): PromptSubject => ({ kind: "prompt", prompt, corrupted: corrupted || undefined, answer, wrong });
