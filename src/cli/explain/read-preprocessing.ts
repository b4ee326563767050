import { readIfThere, textOf } from "../../files/read-whole.ts";
import { conventions, preprocessingFor, type Convention } from "../../data/image/conventions.ts";
import type { Preprocessing } from "../../data/image/preprocessing.ts";
import { parseSidecar } from "../../data/image/sidecar.ts";
import type { NetworkCard } from "../../protocol/model.ts";
import { GlassboxError } from "../../tensor/errors.ts";

/** `--preprocessing`: the name of a convention, the JSON itself, or a file of it (bare, or as next to a model). */
export function readPreprocessing(
  word: string,
  { name, picture }: Pick<NetworkCard, "name" | "picture">,
): Preprocessing {
  if (picture === undefined)
    throw new GlassboxError("option", `${name} does not take pictures, so nothing is preprocessed`, {
      hint: "Leave out --preprocessing, and give the input as a .npy tensor.",
    });
  const convention = conventions.find((each) => each.name === word);
  const input = { layout: picture.layout, channels: picture.channels, height: picture.rows, width: picture.columns };
  if (convention) return chosen(preprocessingFor(fitting(convention, picture.channels), input));
  const [text, where] = word.trimStart().startsWith("{") ? [word, "--preprocessing"] : [readText(word), word];
  const parsed = parseSidecar(wrapped(text), where).preprocessing;
  if (parsed === undefined) throw new GlassboxError("option", "there is no preprocessing in this file", { where });
  return chosen(parsed);
}

const chosen = (preprocessing: Preprocessing): Preprocessing => ({
  ...preprocessing,
  source: "user",
  reason: "Chosen on the command line.",
});

function fitting(convention: Convention, channels: 1 | 3): Convention {
  const grey = convention.channelOrder === "grey";
  if (grey === (channels === 1)) return convention;
  const names = conventions.filter((each) => (each.channelOrder === "grey") !== grey).map((each) => each.name);
  throw new GlassboxError(
    "option",
    `the convention ${convention.name} is for ${grey ? "grey" : "colour"} pictures, but the model takes ${channels} channel${channels === 1 ? "" : "s"}`,
    { hint: `Choose one of: ${names.join(", ")}.` },
  );
}

const mostBytes = 1 << 20;

function readText(file: string): string {
  const bytes = readIfThere(file, mostBytes);
  if (bytes === undefined) {
    throw new GlassboxError("option", `there is no convention and no file named ${file}`, {
      where: "--preprocessing",
      hint: `The conventions are: ${conventions.map(({ name }) => name).join(", ")}.`,
    });
  }
  return textOf(bytes);
}

/** The values alone are wrapped as the file next to a model has them; what is no JSON is left for the parser to refuse. */
function wrapped(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !("preprocessing" in value)
      ? JSON.stringify({ preprocessing: value })
      : text;
  } catch {
    return text;
  }
}
