import { colormapNames } from "../../src/data/colormap/colormap.ts";
import type { DisplayStyle } from "../../src/data/colormap/display.ts";
import type { MethodCard } from "../../src/protocol/method-card.ts";
import type { ExplainState } from "./state.ts";
import { Menu } from "../lib/Menu.tsx";

export const STYLES: readonly { readonly id: DisplayStyle; readonly label: string }[] = [
  { id: "where", label: "Where" },
  { id: "signed", label: "For and against" },
  { id: "raw", label: "Raw values" },
  { id: "photograph", label: "Photograph" },
];

export type ExportKind = "png" | "csv" | "json" | "npy" | "command";

interface Props {
  readonly state: ExplainState;
  readonly pictureName: string | undefined;
  readonly modelName: string;
  readonly methods: readonly MethodCard[];
  readonly running: boolean;
  readonly exportable: boolean;
  readonly onChange: (change: Partial<ExplainState>) => void;
  readonly onPicture: () => void;
  readonly onCancel: () => void;
  readonly onExport: (kind: ExportKind) => void;
}

export function Toolbar({ state, pictureName, modelName, methods, running, exportable, onChange, onPicture, onCancel, onExport }: Props) {
  const maps = methods.filter(({ needsTarget }) => needsTarget);
  const toggle = (id: string): void => {
    const kept = state.methods.includes(id) ? state.methods.filter((other) => other !== id) : [...state.methods, id];
    if (kept.length > 0) onChange({ methods: kept, leading: kept.includes(state.leading) ? state.leading : kept[0]! });
  };
  return (
    <header class="toolbar">
      <p class="subject">
        {pictureName ? <button class="link strong" onClick={onPicture} title="Choose another picture">{pictureName}</button> : <strong>No picture yet</strong>}
        <span class="quiet"> through </span><code>{modelName}</code>
      </p>
      <div class="actions">
        <label class="hidden" for="style">View</label>
        <select id="style" value={state.style} onChange={(event) => onChange({ style: event.currentTarget.value as DisplayStyle })} title="What is drawn. In a map: keys 1 to 4">
          {STYLES.map(({ id, label }) => <option key={id} value={id}>{label}</option>)}
        </select>
        <Menu label="Methods">
          {maps.map(({ id, title, summary, cost }) => (
            <label key={id} class="check" title={`${summary} Cost: ${cost}.`}><input type="checkbox" checked={state.methods.includes(id)} onChange={() => toggle(id)} /> {title}</label>
          ))}
        </Menu>
        <Menu label="Look">
          <label>Opacity<input type="range" min={0} max={1} step={0.05} value={state.opacity} onInput={(event) => onChange({ opacity: event.currentTarget.valueAsNumber })} /></label>
          <label>Colours
            <select value={state.colormap} onChange={(event) => onChange({ colormap: event.currentTarget.value as ExplainState["colormap"] })}>
              {colormapNames.filter((name) => name !== "signed").map((name) => <option key={name}>{name}</option>)}
            </select>
          </label>
          <label class="check"><input type="checkbox" checked={state.coarse === "cells"} onChange={(event) => onChange({ coarse: event.currentTarget.checked ? "cells" : "smooth" })} /> Show the cells of coarse maps</label>
        </Menu>
        <Menu label="Export" disabled={!exportable}>
          {(["png", "csv", "json", "npy", "command"] as const).map((kind) => (
            <button key={kind} class="item" onClick={() => onExport(kind)}>{exportLabels[kind]}</button>
          ))}
        </Menu>
        <button class="cancel" disabled={!running} onClick={onCancel}>Cancel</button>
      </div>
    </header>
  );
}

const exportLabels: Readonly<Record<ExportKind, string>> = {
  png: "Picture (PNG)",
  csv: "Values (CSV)",
  json: "Result with provenance (JSON)",
  npy: "Values (NumPy)",
  command: "Copy as command",
};
