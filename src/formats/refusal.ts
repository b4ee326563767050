import path from "node:path";
import { GlassboxError } from "../tensor/errors.ts";
import { formatsFor, type Format, type ModelSubject } from "./table.ts";

const namesFor = (subject: ModelSubject): readonly string[] => formatsFor(subject).map(({ name }) => name!);

/** "a", "a and b", "a, b and c". */
const listed = (words: readonly string[], joint: string): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${joint} ${words.at(-1)}`;

/** Where a file that runs is opened, if it was opened for something else. */
const elsewhere: Readonly<Record<ModelSubject, string>> = {
  picture: "It is explained with pictures: choose Explain a Prediction, or in the terminal glassbox explain.",
  text: "It holds a language model: choose Open in the Text Workbench, or in the terminal glassbox generate, attention, lens or patch.",
};

const whatOpens = (wanted: ModelSubject): string =>
  wanted === "text"
    ? `Language models are opened from ${listed(namesFor("text"), "or")} files.`
    : `Pictures are explained with ${listed(namesFor("picture"), "or")} models, language models opened from ${listed(namesFor("text"), "and")}. Export the model to one of these.`;

/** Why a file is not opened for what was wanted of it, and what can be done. */
export function cannotBeOpened(file: string, format: Format, wanted: ModelSubject): GlassboxError {
  const other = format.level === "runs" ? format.subjects.find((subject) => subject !== wanted) : undefined;
  const remedy = format.hint ?? (other && elsewhere[other]);
  return new GlassboxError("unsupported", `${path.basename(file)} is ${format.description}`, {
    where: file,
    hint: [remedy, (wanted === "text" || remedy === undefined) && whatOpens(wanted)].filter(Boolean).join(" "),
  });
}
