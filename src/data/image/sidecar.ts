import { GlassboxError } from "../../tensor/errors.ts";
import type { ChannelOrder, Layout, Preprocessing, Resize } from "./preprocessing.ts";
import type { Filter } from "./resize.ts";

/** What a person may say that an output is. */
const outputKinds = [
  "classes",
  "independent",
  "binary",
  "number",
  "segmentation",
  "pixels",
  "embedding",
  "sequence",
] as const;

/**
 * Facts about a model that its own file does not contain, in `<model>.glassbox.json` next to it
 * (`net.onnx` → `net.glassbox.json`). All parts are optional.
 */
export interface Sidecar {
  /** The path, relative to the sidecar, of a text file with one class name per line; or the names themselves. */
  readonly classes: string | readonly string[] | undefined;
  readonly preprocessing: Preprocessing | undefined;
  /** The name of the output that is explained. */
  readonly output?: string | undefined;
  /** What this output is. */
  readonly kind?: (typeof outputKinds)[number] | undefined;
  /** Sizes that the file leaves free: by the file's symbol, or by `input:axis`. */
  readonly sizes?: Readonly<Record<string, number>> | undefined;
  /** The input that is explained, if there are several. */
  readonly input?: string | undefined;
  /** Values of the other inputs: one number for all elements. */
  readonly constants?: Readonly<Record<string, number>> | undefined;
}

export const sidecarName = (modelFile: string): string => `${modelFile.replace(/\.[^./\\]*$/, "")}.glassbox.json`;

/** Parses a sidecar's text; `name` is the file's name in messages. */
export function parseSidecar(text: string, name: string): Sidecar {
  const where = new FieldPath(name, "");
  const known = ["classes", "preprocessing", "output", "kind", "sizes", "input", "constants"];
  const fields = where.object(parseJson(text, name), known);
  const given = <T>(field: string, read: (value: unknown) => T): T | undefined =>
    fields[field] === undefined ? undefined : read(fields[field]);
  return {
    classes: given("classes", (value) => classes(value, where)),
    output: given("output", (value) => where.text("output", value)),
    kind: given("kind", (value) => where.oneOf("kind", value, outputKinds)),
    sizes: given("sizes", (value) => where.at("sizes").record(value, (field, size, at) => at.side(field, size))),
    input: given("input", (value) => where.text("input", value)),
    constants: given("constants", (value) =>
      where.at("constants").record(value, (field, number, at) => at.number(field, number)),
    ),
    preprocessing:
      fields["preprocessing"] === undefined
        ? undefined
        : readPreprocessing(fields["preprocessing"], where.at("preprocessing"), name),
  };
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GlassboxError("file", `This is not valid JSON: ${(error as Error).message}.`, {
      where: name,
      hint: "Correct it, or remove the file to have the preprocessing detected.",
    });
  }
}

function classes(value: unknown, where: FieldPath): string | readonly string[] {
  if (!Array.isArray(value)) return classesFile(value, where);
  if (value.length === 0 || !value.every((name) => typeof name === "string"))
    throw where.wrong("classes", "must be a list of names, or name a text file");
  return value;
}

/** The class file must be in the model's own folder, so that a downloaded sidecar cannot read other files. */
function classesFile(value: unknown, where: FieldPath): string {
  if (typeof value !== "string" || value === "") throw where.wrong("classes", "must name a text file");
  if (/^([/\\]|[A-Za-z]:)/.test(value) || value.split(/[/\\]/).includes(".."))
    throw where.wrong("classes", "must name a file in the model's own folder");
  return value;
}

const filters: readonly Filter[] = ["bilinear", "bicubic", "lanczos", "box"];
const orders: readonly ChannelOrder[] = ["RGB", "BGR", "grey"];
const layouts: readonly Layout[] = ["NCHW", "NHWC"];
/** No real model has a larger input; the limit keeps a typing error from allocating gigabytes. */
const longestSide = 8192;

/** Absent fields have the simplest defaults: no resize, no crop, 0 to 1, nothing subtracted, RGB, NCHW. */
function readPreprocessing(value: unknown, where: FieldPath, name: string): Preprocessing {
  const fields = where.object(value, ["resize", "crop", "range", "mean", "std", "channelOrder", "layout"]);
  const channelOrder =
    fields["channelOrder"] === undefined ? "RGB" : where.oneOf("channelOrder", fields["channelOrder"], orders);
  const channels = channelOrder === "grey" ? 1 : 3;
  const std = where.numbers("std", fields["std"] ?? Array<number>(channels).fill(1), channels);
  if (std.includes(0)) throw where.wrong("std", "must not contain 0; use 1 for no division");
  const [black, white] = where.numbers("range", fields["range"] ?? [0, 1], 2);
  if (black === white) throw where.wrong("range", "must have two different ends, such as [0, 1] or [0, 255]");
  return {
    resize: fields["resize"] == null ? null : readResize(fields["resize"], where.at("resize")),
    crop: fields["crop"] == null ? null : readCrop(fields["crop"], where.at("crop")),
    range: [black!, white!],
    mean: where.numbers("mean", fields["mean"] ?? Array<number>(channels).fill(0), channels),
    std,
    channelOrder,
    layout: fields["layout"] === undefined ? "NCHW" : where.oneOf("layout", fields["layout"], layouts),
    source: "metadata",
    reason: `${name.replace(/^.*[/\\]/, "")} specifies it.`,
  };
}

function readResize(value: unknown, where: FieldPath): Resize {
  const fields = where.object(value, ["mode", "size", "filter"]);
  const mode = where.oneOf("mode", fields["mode"], ["shorter-side", "exact"] as const);
  const filter = fields["filter"] === undefined ? "bilinear" : where.oneOf("filter", fields["filter"], filters);
  if (mode === "shorter-side") return { mode, size: where.side("size", fields["size"]), filter };
  const size = fields["size"];
  if (!Array.isArray(size) || size.length !== 2)
    throw where.wrong("size", "must be [height, width] for an exact resize");
  return { mode, size: [where.side("size", size[0]), where.side("size", size[1])], filter };
}

function readCrop(value: unknown, where: FieldPath): { readonly height: number; readonly width: number } {
  const fields = where.object(value, ["height", "width"]);
  return { height: where.side("height", fields["height"]), width: where.side("width", fields["width"]) };
}

/** The path of a value in the file, for error messages. */
class FieldPath {
  readonly name: string;
  readonly path: string;

  constructor(name: string, path: string) {
    this.name = name;
    this.path = path;
  }

  at(field: string): FieldPath {
    return new FieldPath(this.name, this.path ? `${this.path}.${field}` : field);
  }

  wrong(field: string, rule: string): GlassboxError {
    return new GlassboxError("file", `“${this.at(field).path}” ${rule}.`, {
      where: this.name,
      hint: "Correct it, or remove the file to have the preprocessing detected.",
    });
  }

  object(value: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new GlassboxError("file", `${this.path ? `“${this.path}”` : "The file"} must be a JSON object.`, {
        where: this.name,
        hint: `Its fields are ${known.join(", ")}.`,
      });
    }
    const unknown = Object.keys(value).find((key) => !known.includes(key));
    if (unknown !== undefined) throw this.wrong(unknown, `is not a known field; known are ${known.join(", ")}`);
    return value as Record<string, unknown>;
  }

  /** An object whose keys are the user's. */
  record<Value>(
    value: unknown,
    read: (field: string, value: unknown, where: FieldPath) => Value,
  ): Readonly<Record<string, Value>> {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new GlassboxError("file", `“${this.path}” must be a JSON object.`, { where: this.name });
    return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, read(field, each, this)]));
  }

  text(field: string, value: unknown): string {
    if (typeof value !== "string" || value === "") throw this.wrong(field, "must be a text");
    return value;
  }

  number(field: string, value: unknown): number {
    if (typeof value !== "number" || !Number.isFinite(value)) throw this.wrong(field, "must be a number");
    return value;
  }

  oneOf<Choice extends string>(field: string, value: unknown, choices: readonly Choice[]): Choice {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw this.wrong(field, `must be one of ${choices.join(", ")}`);
    return choice;
  }

  numbers(field: string, value: unknown, count: number): readonly number[] {
    if (
      !Array.isArray(value) ||
      value.length !== count ||
      !value.every((item) => typeof item === "number" && Number.isFinite(item))
    ) {
      throw this.wrong(field, `must be a list of ${count} number${count === 1 ? "" : "s"}`);
    }
    return value as number[];
  }

  side(field: string, value: unknown): number {
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > longestSide) {
      throw this.wrong(field, `must be a whole number of pixels from 1 to ${longestSide}`);
    }
    return value;
  }
}
