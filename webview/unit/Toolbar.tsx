import type { ComponentProps } from "preact";
import type { OptionCard } from "../../src/protocol/analysis-card.ts";
import type { SiteCard } from "../../src/protocol/model.ts";
import { DraftInput } from "../lib/DraftInput.tsx";
import { ExportMenu } from "../lib/ExportMenu.tsx";
import { Menu } from "../lib/Menu.tsx";
import { OptionForm } from "../lib/OptionForm.tsx";
import type { UnitState } from "./state.ts";

interface Props {
  readonly state: UnitState;
  readonly modelName: string;
  readonly sites: readonly SiteCard[];
  readonly channels: number;
  readonly running: boolean;
  readonly paused: boolean;
  readonly cancelled: boolean;
  readonly recipe: readonly OptionCard[];
  readonly exported: ComponentProps<typeof ExportMenu>;
  readonly onChange: (change: Partial<UnitState>) => void;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onCancel: () => void;
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
  recipe,
  exported,
  onChange,
  onPause,
  onResume,
  onCancel,
}: Props) {
  const channel = (value: number): boolean => {
    const known = Number.isInteger(value) && value >= 0 && value < channels;
    if (known) onChange({ channel: value, picture: undefined });
    return known;
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
          <DraftInput
            id="channel"
            type="number"
            min={0}
            max={channels - 1}
            value={String(state.channel)}
            onCommit={(_, field) => channel(field.valueAsNumber)}
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
          <OptionForm
            options={recipe}
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
