import fs from "node:fs";
import path from "node:path";
import { decodePng } from "../../src/data/image/decode-png.ts";
import { fileSource } from "../../src/formats/source.ts";
import { importOnnx } from "../../src/formats/onnx/import.ts";
import { readOnnx } from "../../src/formats/onnx/read.ts";
import type { Graph } from "../../src/graph/graph.ts";
import type { MapSummary } from "./map-summary.ts";
import { formulaImage, oracleInput, type OraclePreprocessing } from "./vision-input.ts";

const root = process.env["GLASSBOX_ROOT"] ?? process.cwd();
const folder = path.join(root, "test", "oracles", "vision");

/** What `vision-gradients.py` writes of a model. */
export interface VisionOracle {
  readonly model: string;
  readonly inputName: string;
  /** The value before a softmax head. */
  readonly logits: string;
  readonly preprocessing: OraclePreprocessing;
  readonly signSeed: number;
  readonly cases: readonly VisionCase[];
}

export interface VisionCase {
  readonly image: string;
  readonly target: number;
  readonly input: MapSummary;
  readonly top5: readonly { readonly index: number; readonly logit: number }[];
  readonly gradient: MapSummary;
  readonly gradientTimesInput: MapSummary;
  readonly integratedGradients: MapSummary & { readonly steps: number; readonly delta: number };
  readonly gradCam: readonly { readonly site: string; readonly values: readonly number[] }[];
  readonly float32: { readonly gradientRelativeL2: number; readonly flippedDecisions: number };
}

export const visionModels = ["efficientnet-lite0", "squeezenet1.0"];

export const visionOracle = (name: string): VisionOracle =>
  JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), "utf8")) as VisionOracle;

/** The model's file, in the samples or beside the project; `skip` says why a test cannot run. */
export function visionFile({ model }: VisionOracle): { readonly file: string; readonly skip: string | false } {
  const places = [path.join(root, "samples", "vision", model), path.join(root, "..", "shared", "models", model)];
  const file = places.find((place) => fs.existsSync(place));
  return { file: file ?? model, skip: file === undefined ? `${model} is not here (../shared/models)` : false };
}

export const visionGraph = (file: string): Graph => importOnnx(readOnnx(fileSource(file)), { file }).graph;

/** The oracle's input, made anew from its image. */
export function visionInput({ preprocessing }: VisionOracle, { image }: VisionCase): Float32Array {
  const rgb =
    image === "formula" ? formulaImage() : decodePng(fs.readFileSync(path.join(folder, image)), image).image.data;
  return oracleInput(rgb, preprocessing);
}

/** What picks the target in the seed of `gradientGraph`: [1, class, 1…], one at the target. */
export function oneHot(
  graph: Graph,
  { logits }: VisionOracle,
  { target }: VisionCase,
): { readonly shape: readonly number[]; readonly data: Float64Array } {
  const [, classes = 0, ...rest] = graph.types.get(logits)!.shape;
  return {
    shape: [1, classes, ...rest.map(() => 1)],
    data: Float64Array.from({ length: classes }, (_, i) => Number(i === target)),
  };
}
