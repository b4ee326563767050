import type { ModelCard } from "../../src/protocol/model.ts";
import type { DataCard, ProbeOptions } from "../../src/protocol/probing.ts";
import { Menu } from "../lib/Menu.tsx";
import { DataMenu } from "./DataMenu.tsx";
import { SitesMenu } from "./SitesMenu.tsx";
import type { ProbeState } from "./state.ts";

export type ExportKind = "png" | "svg" | "csv" | "json" | "command" | "experiment";

interface Props {
  readonly state: ProbeState;
  readonly modelName: string;
  readonly card: ModelCard | undefined;
  readonly data: DataCard | undefined;
  readonly running: boolean;
  readonly exportable: boolean;
  readonly onChange: (change: Partial<ProbeState>) => void;
  readonly onPickFolder: () => void;
  readonly onPickFile: () => void;
  readonly onCancel: () => void;
  readonly onExport: (kind: ExportKind) => void;
}

/** One row: what is probed, on what, through which model; then the choices. */
export function Toolbar({
  state,
  modelName,
  card,
  data,
  running,
  exportable,
  onChange,
  onPickFolder,
  onPickFile,
  onCancel,
  onExport,
}: Props) {
  const label = state.label ?? data?.labels[0]?.name;
  const option = (change: Partial<ProbeOptions>): void => onChange({ options: { ...state.options, ...change } });
  return (
    <header class="toolbar">
      <p class="subject">
        <span class="quiet">Where is </span>
        <label class="hidden" for="label">
          Label
        </label>
        <select
          id="label"
          value={label}
          disabled={data === undefined}
          onChange={(event) => onChange({ label: event.currentTarget.value, selected: undefined })}
        >
          {(data?.labels ?? []).map(({ name, classes }) => (
            <option key={name} value={name}>
              {name} ({classes.length})
            </option>
          ))}
        </select>
        <span class="quiet"> decodable in </span>
        <code>{modelName}</code>
        <span class="quiet">?</span>
      </p>
      <div class="actions">
        <button class="cancel" disabled={!running} onClick={onCancel}>
          Cancel
        </button>
        <DataMenu state={state} data={data} onChange={onChange} onPickFolder={onPickFolder} onPickFile={onPickFile} />
        <SitesMenu
          sites={card?.sites ?? []}
          usual={data?.usualSites ?? []}
          chosen={state.sites}
          onChange={(sites) => onChange({ sites, selected: undefined })}
        />
        <Menu label="Options">
          <label>
            Activations become
            <select
              value={state.options.pooling}
              onChange={(event) => option({ pooling: event.currentTarget.value as ProbeOptions["pooling"] })}
            >
              <option value="mean">the mean over places</option>
              <option value="max">the maximum over places</option>
              <option value="position">a 2 × 2 grid of means</option>
            </select>
          </label>
          <label>
            Share only tested on
            <select
              value={state.options.testShare}
              onChange={(event) => option({ testShare: Number(event.currentTarget.value) })}
            >
              {[0.1, 0.2, 0.25, 0.3, 0.4, 0.5].map((share) => (
                <option key={share} value={share}>
                  {Math.round(100 * share)} %
                </option>
              ))}
            </select>
          </label>
          <label>
            Seed
            <input
              type="number"
              min={0}
              step={1}
              value={state.options.seed}
              onChange={(event) =>
                Number.isInteger(event.currentTarget.valueAsNumber) &&
                option({ seed: event.currentTarget.valueAsNumber })
              }
            />
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={state.options.random}
              onChange={(event) => option({ random: event.currentTarget.checked })}
            />{" "}
            Network with random weights
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={state.options.shuffled}
              onChange={(event) => option({ shuffled: event.currentTarget.checked })}
            />{" "}
            Shuffled labels
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={state.options.raw}
              onChange={(event) => option({ raw: event.currentTarget.checked })}
            />{" "}
            Raw input
          </label>
        </Menu>
        <Menu label="Export" disabled={!exportable}>
          {(Object.keys(exportLabels) as ExportKind[]).map((kind) => (
            <button key={kind} class="item" data-closes onClick={() => onExport(kind)}>
              {exportLabels[kind]}
            </button>
          ))}
        </Menu>
      </div>
    </header>
  );
}

const exportLabels: Readonly<Record<ExportKind, string>> = {
  png: "Chart (PNG)",
  svg: "Chart (SVG)",
  csv: "Scores (CSV)",
  json: "Result with provenance (JSON)",
  experiment: "Save as experiment…",
  command: "Copy as command",
};
