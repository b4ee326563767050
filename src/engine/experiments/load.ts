import path from "node:path";
import { isLocalPath } from "../../files/local-path.ts";
import { exists } from "../../files/look.ts";
import { readText } from "../../files/read-whole.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { hasErrors, parseExperiment } from "../../experiment/parse.ts";
import { isProblem, resolvePreprocessing } from "../../experiment/preprocessing.ts";
import { validate } from "../../experiment/validate.ts";
import { readNpyHeader } from "../../formats/numpy/npy-header.ts";
import { fileSource } from "../../formats/source.ts";
import type { ExperimentParams, PlannedInput, Problem } from "../../protocol/experiment.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { ModelCard, NetworkCard, Preprocessing } from "../../protocol/model.ts";
import { asFailure } from "../failure.ts";
import { findInputs, foreignFile, missingFile } from "./input-files.ts";

/** A loaded experiment with its model and files. */
export interface Loaded {
  readonly experiment: Experiment;
  /** The text as it was read. */
  readonly text: string;
  readonly folder: string;
  readonly model: ModelCard;
  readonly inputs: readonly PlannedInput[];
  readonly preprocessing: Preprocessing | undefined;
}

export interface Judged {
  /** Unset if errors prevent a run. */
  readonly loaded: Loaded | undefined;
  readonly problems: readonly Problem[];
}

const mostExperimentBytes = 16 << 20;

/** Reads an experiment and checks it against its model and files, before anything runs. */
export async function loadExperiment(
  { file, text: given, model: otherModel }: Pick<ExperimentParams, "file" | "text" | "model">,
  cards: readonly AnalysisCard[],
  open: (model: string) => Promise<ModelCard>,
  cancelled: () => boolean = () => false,
): Promise<Judged> {
  const text = given ?? readText(file, mostExperimentBytes);
  const { experiment, problems: parsing } = parseExperiment(text);
  if (experiment === undefined) return { loaded: undefined, problems: parsing };
  const folder = path.dirname(path.resolve(file));
  const problems = [...parsing];
  const files = await findInputs(experiment, folder, cancelled);
  problems.push(...files.problems);
  const model = await openModel(experiment, folder, otherModel, open, problems);
  const network = model?.kind === "network" ? model : undefined;
  problems.push(
    ...validate(experiment, cards, {
      model: model,
      inputs: files.problems.length ? undefined : files.inputs.map(({ name }) => name),
    }),
  );
  const preprocessing = model && resolvePreprocessing(experiment, { picture: undefined, ...model });
  if (isProblem(preprocessing)) return { loaded: undefined, problems: [...problems, preprocessing] };
  if (network) problems.push(...shapeProblems(experiment, files.inputs, network));
  return {
    loaded:
      model && !hasErrors(problems)
        ? { experiment, text, folder, model, inputs: files.inputs, preprocessing }
        : undefined,
    problems,
  };
}

async function openModel(
  { model }: Experiment,
  folder: string,
  other: string | undefined,
  open: (model: string) => Promise<ModelCard>,
  problems: Problem[],
): Promise<ModelCard | undefined> {
  if (other === undefined && model.value === "") return undefined;
  if (other === undefined && !isLocalPath(model.value)) {
    problems.push(foreignFile(model.value, model.range));
    return undefined;
  }
  const file = other ?? path.resolve(folder, model.value);
  if (!exists(file)) {
    problems.push(missingFile(model.value, model.range, folder));
    return undefined;
  }
  try {
    return await open(file);
  } catch (error) {
    const { what, hint } = asFailure(error);
    problems.push({
      severity: "error",
      code: "model",
      message: [what.endsWith(".") ? what : `${what}.`, hint].filter(Boolean).join(" "),
      range: model.range,
      instead: [],
    });
    return undefined;
  }
}

/** Tensors must have the model's shape; a free dimension fits any size. */
function shapeProblems(
  { inputs: entries }: Experiment,
  inputs: readonly PlannedInput[],
  { inputs: [port], name: model }: NetworkCard,
): readonly Problem[] {
  return inputs
    .slice(0, 1000)
    .flatMap(({ name, subject }) => {
      const file = subject.kind === "picture" && "path" in subject.input ? subject.input.path : "";
      return file.endsWith(".npy") ? [{ name, file }] : [];
    })
    .flatMap(({ name, file }) => {
      const shape = npyShape(file);
      const wanted = port?.shape ?? [];
      if (shape === undefined) return [];
      const fits = (given: readonly number[]): boolean =>
        given.length === wanted.length &&
        given.every((size, axis) => axis === 0 || !/^\d+$/.test(wanted[axis]!) || Number(wanted[axis]) === size);
      if (fits(shape) || fits([1, ...shape])) return [];
      const entry = entries.find(({ stated: { value } }) => value === name) ?? entries[0]!;
      return [
        {
          severity: "error",
          code: "shape-mismatch",
          message: `${name} is [${shape.join(", ")}], but ${model} takes [${wanted.join(", ")}].`,
          range: entry.stated.range,
          instead: [],
        } as const,
      ];
    });
}

function npyShape(file: string): readonly number[] | undefined {
  const source = fileSource(file);
  try {
    return readNpyHeader(source).shape;
  } catch {
    return undefined;
  } finally {
    source.close();
  }
}
