import { candidates, conventionNamed, conventions, preprocessingFor } from "../data/image/conventions.ts";
import { parseSidecar } from "../data/image/sidecar.ts";
import type { Problem } from "../protocol/experiment.ts";
import type { NetworkCard, Preprocessing } from "../protocol/model.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { nearestWords } from "../tensor/nearest.ts";
import type { Experiment } from "./experiment.ts";

/** The names of the conventions that an experiment can choose. */
export const conventionNames: readonly string[] = conventions.map(({ name }) => name);

/** The experiment's preprocessing for this model, or the problem with it. */
export function resolvePreprocessing(
  { preprocessing: stated }: Experiment,
  { name, picture }: Pick<NetworkCard, "name" | "picture">,
): Preprocessing | Problem | undefined {
  if (stated === undefined) return undefined;
  const { value, range } = stated;
  const problem = (code: string, message: string, instead: readonly string[] = []): Problem => ({
    severity: "error",
    code,
    message,
    range,
    instead,
  });
  if (picture === undefined)
    return problem("preprocessing", `${name} takes no pictures, so nothing is preprocessed. Leave it out.`);
  if (typeof value === "string") {
    const shape =
      picture.layout === "NCHW"
        ? [1, picture.channels, picture.rows, picture.columns]
        : [1, picture.rows, picture.columns, picture.channels];
    const fitting = candidates(shape, picture.layout).map(({ convention }) => convention as string);
    const convention = conventions.find((each) => each.name === value);
    if (convention === undefined)
      return problem(
        "unknown-convention",
        `There is no preprocessing called ${value}. For ${name} there are: ${fitting.join(", ")}.`,
        nearestWords(value, fitting),
      );
    if ((convention.channelOrder === "grey") !== (picture.channels === 1))
      return problem(
        "shape-mismatch",
        `${value} makes ${convention.channelOrder === "grey" ? 1 : 3} channels, but ${name} takes ${picture.channels}.`,
        fitting,
      );
    const input = { layout: picture.layout, channels: picture.channels, height: picture.rows, width: picture.columns };
    return {
      ...preprocessingFor(conventionNamed(convention.name), input),
      source: "user",
      reason: "Stated in the experiment.",
    };
  }
  try {
    const read = parseSidecar(JSON.stringify({ preprocessing: value }), "preprocessing").preprocessing!;
    const made =
      read.crop ??
      (read.resize?.mode === "exact" ? { height: read.resize.size[0], width: read.resize.size[1] } : undefined);
    if (made && (made.height !== picture.rows || made.width !== picture.columns)) {
      return problem(
        "shape-mismatch",
        `This makes pictures of ${made.width} × ${made.height}, but ${name} takes ${picture.columns} × ${picture.rows}.`,
      );
    }
    return { ...read, source: "user", reason: "Stated in the experiment." };
  } catch (error) {
    if (!(error instanceof GlassboxError)) throw error;
    return problem("preprocessing", [error.what, error.where, error.hint].filter(Boolean).join(" "));
  }
}

export const isProblem = (value: Preprocessing | Problem | undefined): value is Problem =>
  value !== undefined && "severity" in value;
