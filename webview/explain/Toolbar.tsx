import type { ComponentProps } from "preact";
import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import { ExportMenu } from "../lib/ExportMenu.tsx";
import { Menu } from "../lib/Menu.tsx";
import { LookMenu } from "./LookMenu.tsx";
import { STYLES } from "./styles.ts";
import { shownMethods, type ExplainState } from "./state.ts";

interface Props {
  readonly state: ExplainState;
  readonly pictureName: string | undefined;
  readonly modelName: string;
  readonly maps: readonly AnalysisCard[];
  readonly choosing: boolean;
  readonly running: boolean;
  /** The map that an export is of. */
  readonly exported: ComponentProps<typeof ExportMenu>;
  readonly onChange: (change: Partial<ExplainState>) => void;
  readonly onPicture: () => void;
  readonly onCancel: () => void;
}

/** One row: what through what, then how it is shown. */
export function Toolbar({
  state,
  pictureName,
  modelName,
  maps,
  choosing,
  running,
  exported,
  onChange,
  onPicture,
  onCancel,
}: Props) {
  return (
    <header class="toolbar">
      <p class="subject">
        {pictureName && (
          <>
            <button class="link strong" aria-expanded={choosing} onClick={onPicture} title="Choose another picture">
              {pictureName}{" "}
              <span aria-hidden="true" class="chevron">
                ▾
              </span>
            </button>
            <span class="quiet"> through </span>
          </>
        )}
        <code title={state.model}>{modelName}</code>
      </p>
      {pictureName && (
        <div class="actions">
          <button class="cancel" disabled={!running} onClick={onCancel}>
            Cancel
          </button>
          <label class="hidden" for="style">
            View
          </label>
          <select
            id="style"
            value={state.style}
            onChange={(event) => onChange({ style: event.currentTarget.value as ExplainState["style"] })}
            title="What is drawn. On a map: keys 1 to 4"
          >
            {STYLES.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
          <MethodsMenu state={state} maps={maps} onChange={onChange} />
          <LookMenu state={state} onChange={onChange} />
          <ExportMenu {...exported} />
        </div>
      )}
    </header>
  );
}

function MethodsMenu({ state, maps, onChange }: Pick<Props, "state" | "maps" | "onChange">) {
  const titles = shownMethods({ ...state, arrangement: "lead" }).map(
    (id) => maps.find((method) => method.id === id)?.title ?? id,
  );
  const toggle = (id: string): void => {
    const kept = state.methods.includes(id) ? state.methods.filter((other) => other !== id) : [...state.methods, id];
    if (kept.length > 0) onChange({ methods: kept, leading: kept.includes(state.leading) ? state.leading : kept[0]! });
  };
  return (
    <Menu
      label={
        <>
          <span class="wide">{titles.join(", ")}</span>
          <span class="narrow">{titles.length === 1 ? "1 method" : `${titles.length} methods`}</span>
        </>
      }
      name="Methods"
    >
      {maps.map(({ id, title, summary, cost }) => (
        <label key={id} class="check" title={`${summary} Cost: ${cost}.`}>
          <input type="checkbox" checked={state.methods.includes(id)} onChange={() => toggle(id)} /> {title}
          <span class="quiet cost">{cost}</span>
        </label>
      ))}
    </Menu>
  );
}
