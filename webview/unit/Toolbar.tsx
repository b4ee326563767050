import type { SiteCard } from "../../src/protocol/model.ts";
import { usualSteps } from "../../src/protocol/visualization.ts";
import { Menu } from "../lib/Menu.tsx";
import type { UnitState } from "./state.ts";

export const EXPORTS = {
  png: "Picture (PNG)",
  json: "Certificate and provenance (JSON)",
  experiment: "Save as experiment…",
  command: "Copy as command",
} as const;
export type ExportKind = keyof typeof EXPORTS;

interface Props {
  readonly state: UnitState;
  readonly modelName: string;
  readonly sites: readonly SiteCard[];
  readonly channels: number;
  readonly running: boolean;
  readonly paused: boolean;
  readonly cancelled: boolean;
  readonly exportable: boolean;
  readonly onChange: (change: Partial<UnitState>) => void;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onCancel: () => void;
  readonly onExport: (kind: ExportKind) => void;
}

/** One row: which unit of which model, then what is done. */
export function Toolbar({
  state,
  modelName,
  sites,
  channels,
  running,
  paused,
  cancelled,
  exportable,
  onChange,
  onPause,
  onResume,
  onCancel,
  onExport,
}: Props) {
  const channel = (value: number): void => {
    if (Number.isInteger(value) && value >= 0 && value < channels) onChange({ channel: value, picture: undefined });
  };
  return (
    <header class="toolbar">
      <p class="subject">
        <label>
          Site{" "}
          <select
            id="site"
            value={state.site}
            onChange={(event) => onChange({ site: event.currentTarget.value, channel: 0, picture: undefined })}
          >
            {sites.map(({ name, shape }) => (
              <option key={name} value={name}>
                {name} ({shape.slice(1).join(" × ")})
              </option>
            ))}
          </select>
        </label>
        <label>
          Channel{" "}
          <input
            id="channel"
            type="number"
            min={0}
            max={channels - 1}
            value={state.channel}
            onChange={(event) => channel(event.currentTarget.valueAsNumber)}
          />
        </label>
        <span class="quiet">
          of {channels} in <code title={state.model}>{modelName}</code>
        </span>
      </p>
      <div class="actions">
        <button class="cancel" disabled={!running && !paused} onClick={onCancel} title="Gives up what is not finished">
          Cancel
        </button>
        <button class="pause" disabled={!running && !paused && !cancelled} onClick={running ? onPause : onResume}>
          {running ? "Pause" : paused ? "Resume" : cancelled ? "Grow again" : "Pause"}
        </button>
        <button
          aria-pressed={state.view === "layer"}
          onClick={() => onChange({ view: state.view === "layer" ? "unit" : "layer" })}
        >
          All channels
        </button>
        <Menu label="Recipe">
          <label>
            Preset
            <select
              value={state.preset}
              onChange={(event) => {
                const preset = event.currentTarget.value as UnitState["preset"];
                onChange({ preset, ...(state.steps === usualSteps[state.preset] && { steps: usualSteps[preset] }) });
              }}
            >
              <option value="glassbox">Glassbox</option>
              <option value="lucid">lucid</option>
              <option value="pixel">Plain ascent on pixels</option>
            </select>
          </label>
          <label>
            Steps
            <input
              type="number"
              min={1}
              max={4096}
              value={state.steps}
              onChange={(event) =>
                event.currentTarget.valueAsNumber >= 1 &&
                onChange({ steps: Math.min(4096, Math.round(event.currentTarget.valueAsNumber)) })
              }
            />
          </label>
          <label>
            Range
            <select
              value={state.range}
              onChange={(event) => onChange({ range: event.currentTarget.value as UnitState["range"] })}
            >
              <option value="sigmoid">Sigmoid</option>
              <option value="soft">Soft</option>
            </select>
          </label>
          <label>
            Seed
            <input
              type="number"
              min={0}
              value={state.seed}
              onChange={(event) =>
                event.currentTarget.valueAsNumber >= 0 &&
                onChange({ seed: Math.round(event.currentTarget.valueAsNumber) })
              }
            />
          </label>
          <label
            class="check"
            title="Computed in WebAssembly, which rounds alike on every processor and takes about ten times as long."
          >
            <input
              id="portable"
              type="checkbox"
              checked={state.portable}
              onChange={(event) => onChange({ portable: event.currentTarget.checked })}
            />{" "}
            <span>
              Same on every machine <span class="quiet">· ten times as long</span>
            </span>
          </label>
        </Menu>
        <Menu label="Export" disabled={!exportable}>
          {(Object.keys(EXPORTS) as ExportKind[]).map((kind) => (
            <button key={kind} class="item" data-closes onClick={() => onExport(kind)}>
              {EXPORTS[kind]}
            </button>
          ))}
        </Menu>
      </div>
    </header>
  );
}
