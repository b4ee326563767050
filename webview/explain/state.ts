import type { ColormapName } from "../../src/data/colormap/colormap.ts";
import type { DisplayStyle } from "../../src/data/colormap/display.ts";
import type { OptionValues } from "../../src/protocol/result.ts";
import { vscode } from "../lib/connection.ts";

/** Intent only: what a reload needs to ask the same questions again. The answers come from the engine's cache. */
export interface ExplainState {
  readonly version: 1;
  readonly model: string;
  readonly picture: string | undefined;
  readonly methods: readonly string[];
  /** The map shown large; the others stand beside it. */
  readonly leading: string;
  /** Text form; the best class if unset. */
  readonly target: string | undefined;
  readonly options: Readonly<Record<string, OptionValues>>;
  readonly style: DisplayStyle;
  readonly colormap: Exclude<ColormapName, "signed">;
  readonly opacity: number;
  readonly coarse: "smooth" | "cells";
  readonly view: MapView;
}

/** What part of the picture is seen, shared by all maps. Offsets are in picture widths and heights. */
export interface MapView {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export const wholePicture: MapView = { zoom: 1, x: 0, y: 0 };

export const initialState = (model: string): ExplainState => ({
  version: 1,
  model,
  picture: undefined,
  methods: ["smoothgrad", "integrated-gradients", "grad-cam"],
  leading: "smoothgrad",
  target: undefined,
  options: {},
  style: "where",
  colormap: "warm",
  opacity: 0.9,
  coarse: "smooth",
  view: wholePicture,
});

/** The saved state, if this version wrote it. */
export function savedState(): ExplainState | undefined {
  const saved = vscode.getState() as Partial<ExplainState> | undefined;
  return saved?.version === 1 && typeof saved.model === "string" ? { ...initialState(saved.model), ...saved } : undefined;
}
