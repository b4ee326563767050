import { colormapNames } from "../../src/data/colormap/colormap.ts";
import { Menu } from "../lib/Menu.tsx";
import { within } from "../lib/map-view.ts";
import type { Arrangement, ExplainState } from "./state.ts";

const ARRANGEMENTS: Readonly<Record<Arrangement, string>> = {
  lead: "One large, others beside it",
  even: "Side by side, all alike",
  alone: "One alone",
};

/** How the maps are laid out and coloured. Nothing here is computed again. */
export function LookMenu({
  state,
  onChange,
}: {
  readonly state: ExplainState;
  readonly onChange: (change: Partial<ExplainState>) => void;
}) {
  const { view } = state;
  const zoom = (factor: number): void => {
    const next = Math.min(32, Math.max(1, view.zoom * factor));
    const keep = (offset: number): number => offset + 0.5 / view.zoom - 0.5 / next;
    onChange({ view: within({ zoom: next, x: keep(view.x), y: keep(view.y) }) });
  };
  return (
    <Menu label="Look">
      <label>
        Arrangement
        <select
          value={state.arrangement}
          onChange={(event) => onChange({ arrangement: event.currentTarget.value as Arrangement })}
        >
          {Object.entries(ARRANGEMENTS).map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        Colours
        <select
          value={state.colormap}
          onChange={(event) => onChange({ colormap: event.currentTarget.value as ExplainState["colormap"] })}
        >
          {colormapNames
            .filter((name) => name !== "signed")
            .map((name) => (
              <option key={name}>{name}</option>
            ))}
        </select>
      </label>
      <label>
        Opacity
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={state.opacity}
          onInput={(event) => onChange({ opacity: event.currentTarget.valueAsNumber })}
        />
      </label>
      <div class="zoom" role="group" aria-label="Zoom">
        <span>Zoom</span>
        <button aria-label="Zoom out" onClick={() => zoom(1 / 1.5)}>
          −
        </button>
        <span class="quiet">{Math.round(100 * view.zoom)} %</span>
        <button aria-label="Zoom in" onClick={() => zoom(1.5)}>
          +
        </button>
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={state.coarse === "cells"}
          onChange={(event) => onChange({ coarse: event.currentTarget.checked ? "cells" : "smooth" })}
        />{" "}
        Show the cells of coarse maps
      </label>
    </Menu>
  );
}
