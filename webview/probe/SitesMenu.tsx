import { useState } from "preact/hooks";
import type { SiteCard } from "../../src/protocol/model.ts";
import { Menu } from "../lib/Menu.tsx";

interface Props {
  readonly sites: readonly SiteCard[];
  readonly usual: readonly string[];
  /** The usual ones if unset. */
  readonly chosen: readonly string[] | undefined;
  readonly onChange: (sites: readonly string[] | undefined) => void;
}

/** Which sites are probed: taken over at once when the button is pressed, since each change costs a pass over the data. */
export function SitesMenu({ sites, usual, chosen, onChange }: Props) {
  const now = chosen ?? usual;
  const [draft, setDraft] = useState<readonly string[]>();
  const [filter, setFilter] = useState("");
  const picked = new Set(draft ?? now);
  const toggle = (name: string): void =>
    setDraft(picked.has(name) ? [...picked].filter((each) => each !== name) : [...picked, name]);
  const listed = sites.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
  return (
    <Menu
      label={now.length === 1 ? "1 site" : `${now.length || ""} sites`.trim()}
      name="Sites"
      disabled={sites.length === 0}
    >
      <label>
        Filter
        <input type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
      </label>
      <div class="sites" role="group" aria-label="Sites">
        {listed.map(({ name, shape }) => (
          <label key={name} class="check">
            <input type="checkbox" checked={picked.has(name)} onChange={() => toggle(name)} /> <code>{name}</code>{" "}
            <span class="quiet">{shape.slice(1).join(" × ")}</span>
          </label>
        ))}
      </div>
      <div class="buttons">
        <button
          type="submit"
          data-closes
          disabled={picked.size === 0}
          onClick={() => (
            onChange(sites.filter(({ name }) => picked.has(name)).map(({ name }) => name)),
            setDraft(undefined)
          )}
        >
          Probe {picked.size} sites
        </button>
        <button data-closes onClick={() => (onChange(undefined), setDraft(undefined))}>
          Spread over the depth
        </button>
      </div>
    </Menu>
  );
}
