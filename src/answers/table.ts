import type { AnswerData, GenericAnswer } from "../protocol/answer-data.ts";
import type { Result } from "../protocol/result.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { attention } from "./attention.ts";
import { attentionHead } from "./attention-head.ts";
import { dissection } from "./dissection.ts";
import { directAttribution } from "./direct-attribution.ts";
import { generated } from "./generated.ts";
import { grid } from "./grid.ts";
import { heatmap } from "./heatmap.ts";
import { resultJson } from "./json.ts";
import type { AnswerKind, Contents } from "./kind.ts";
import { logitLens } from "./logit-lens.ts";
import { measure } from "./measure.ts";
import { maximizedUnits } from "./maximized-units.ts";
import { nextTokens } from "./next-tokens.ts";
import { partGraph } from "./part-graph.ts";
import { patched } from "./patched.ts";
import { pictures } from "./pictures.ts";
import { prediction } from "./prediction.ts";
import { rows } from "./rows.ts";
import { probes } from "./probes.ts";

type Kind = AnswerData["kind"];

/** Every kind of answer, in the order of a report. */
const kinds: { readonly [K in Kind]: AnswerKind<K> } = {
  "model-output": prediction,
  heatmap,
  probes,
  dissection,
  "maximized-units": maximizedUnits,
  "token-distributions": nextTokens,
  generated,
  "attention-patterns": attention,
  "attention-weights": attentionHead,
  lens: logitLens,
  "direct-attribution": directAttribution,
  patched,
  grid,
  measure,
  pictures,
  graph: partGraph,
  table: rows,
};

export const answerKinds = Object.keys(kinds) as readonly Kind[];

/** The definition of a kind that is only known at run time. */
export const answerKind = (kind: Kind): AnswerKind<Kind> => kinds[kind] as unknown as AnswerKind<Kind>;

const generic: ReadonlySet<Kind> = new Set<GenericAnswer["kind"]>(["grid", "measure", "pictures", "graph", "table"]);

/** Whether a kind has a view that all analyses share: the generic kinds, and those that are grids. */
export const hasGenericView = (kind: Kind): boolean => generic.has(kind) || answerKind(kind).grid !== undefined;

/** The formats in which an answer can be exported. */
export const formatsOf = (kind: Kind): readonly string[] => ["json", ...Object.keys(answerKind(kind).formats)];

/** An answer as a file's contents. Throws if its kind does not have the format. */
export function answerFile(result: Result, format: string): Contents {
  if (format === "json") return resultJson(result);
  const { kind } = result.data;
  const write = answerKind(kind).formats[format];
  if (write === undefined)
    throw new GlassboxError("unsupported", `${result.provenance.analysis} cannot be written as ${format}`, {
      hint: `Choose ${formatsOf(kind).join(", ")}.`,
    });
  return write(result);
}

/** The answer in a few words; unset if the certificate says more. */
export const headline = (data: AnswerData): string | undefined => answerKind(data.kind).headline?.(data);
