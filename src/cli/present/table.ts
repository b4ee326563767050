import { answerKind } from "../../answers/table.ts";
import type { AnswerData } from "../../protocol/answer-data.ts";
import { gridPresenter } from "./grids.ts";
import { heatmap } from "./heatmap.ts";
import { linesPresenter } from "./lines.ts";
import { maximizedUnits } from "./maximized-units.ts";
import { pictures } from "./pictures.ts";
import { prediction } from "./prediction.ts";
import type { Found, Presenter } from "./presenter.ts";
import { probes } from "./probes.ts";

type Kind = AnswerData["kind"];

/** Kinds with a section of their own; the others are shown as a grid, or as the terminal prints them. */
const presenters: { readonly [K in Kind]?: Presenter<K> } = {
  "model-output": prediction,
  heatmap,
  probes,
  "maximized-units": maximizedUnits,
  pictures,
};

export const presenterOf = (kind: Kind): Presenter<Kind> =>
  (presenters[kind] as Presenter<Kind> | undefined) ??
  (answerKind(kind).grid === undefined ? linesPresenter : gridPresenter);

/** Files next to an answer's JSON, by ending. */
export function filesOf(found: Found<Kind>): Readonly<Record<string, Uint8Array | string>> {
  const { result } = found;
  const own = presenterOf(result.data.kind).files?.(found);
  if (own) return own;
  const { formats } = answerKind(result.data.kind);
  return Object.fromEntries(Object.entries(formats).map(([format, write]) => [format, write(result as never)]));
}
