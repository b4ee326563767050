import type { DataCard } from "../../src/protocol/probing.ts";
import { Menu } from "../lib/Menu.tsx";
import { proceduralData, type ProbeState } from "./state.ts";

interface Props {
  readonly state: ProbeState;
  readonly data: DataCard | undefined;
  readonly onChange: (change: Partial<ProbeState>) => void;
  readonly onPick: (what: "data-folder" | "data-file") => void;
}

const counts = [400, 1000, 2000, 4000] as const;

/** Pictures made at once, or a person's own. */
export function DataMenu({ state, data, onChange, onPick }: Props) {
  const [kind, count, seed] = state.data.split(":");
  const procedural = kind === "procedural";
  const use = (reference: string): void => onChange({ data: reference, label: undefined, selected: undefined });
  return (
    <Menu label="Data">
      {data && (
        <p>
          <strong>{data.title}</strong> <span class="quiet">{data.description}</span>
        </p>
      )}
      <label>
        Procedural pictures
        <select
          value={procedural ? count : ""}
          onChange={(event) => use(proceduralData(Number(event.currentTarget.value), Number(seed ?? 0)))}
        >
          {!procedural && <option value="">not used</option>}
          {procedural && !counts.some((each) => String(each) === count) && <option value={count}>{count}</option>}
          {counts.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <button class="item" data-closes onClick={() => onPick("data-folder")}>
        A folder, a subfolder a class…
      </button>
      <button class="item" data-closes onClick={() => onPick("data-file")}>
        A table or an .npz file…
      </button>
    </Menu>
  );
}
