import type { ComponentProps } from "preact";
import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import type { SiteCard } from "../../src/protocol/model.ts";
import type { DataCard } from "../../src/protocol/probing.ts";
import { ExportMenu } from "../lib/ExportMenu.tsx";
import { Menu } from "../lib/Menu.tsx";
import { OptionForm } from "../lib/OptionForm.tsx";
import { DataMenu } from "./DataMenu.tsx";
import { formOptions } from "./question.ts";
import { SitesMenu } from "./SitesMenu.tsx";
import type { ProbeState } from "./state.ts";

interface Props {
  readonly state: ProbeState;
  readonly modelName: string;
  readonly sites: readonly SiteCard[];
  readonly data: DataCard | undefined;
  readonly running: boolean;
  readonly analysis: AnalysisCard;
  readonly exported: ComponentProps<typeof ExportMenu>;
  readonly onChange: (change: Partial<ProbeState>) => void;
  readonly onPick: (what: "data-folder" | "data-file") => void;
  readonly onCancel: () => void;
}

/** One row: what is probed, on what, through which model; then the choices. */
export function Toolbar({
  state,
  modelName,
  sites,
  data,
  running,
  analysis,
  exported,
  onChange,
  onPick,
  onCancel,
}: Props) {
  const label = state.label ?? data?.labels[0]?.name;
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
        <DataMenu state={state} data={data} onChange={onChange} onPick={onPick} />
        <SitesMenu
          sites={sites}
          usual={data?.defaultSites ?? []}
          chosen={state.sites}
          onChange={(sites) => onChange({ sites, selected: undefined })}
        />
        <Menu label="Options">
          <OptionForm
            options={formOptions(analysis)}
            values={state.options}
            sites={sites}
            onChange={(options) => onChange({ options })}
          />
        </Menu>
        <ExportMenu {...exported} />
      </div>
    </header>
  );
}
