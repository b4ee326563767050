import { unitSites } from "../../src/protocol/unit-sites.ts";
import { isNetwork, type Inspected } from "./inspected.ts";
import { Searched } from "./Searched.tsx";

type Site = Inspected["sites"][number];

interface Props {
  readonly model: Inspected;
  readonly search: string;
  readonly onSearch: (search: string) => void;
  /** Opens the units of a site. */
  readonly onOpen: (site: string) => void;
}

/** `channel 80 × row 14`: a shape says more with the names of its axes. */
const shapeWords = ({ shape, axes }: Site): string =>
  shape.map((extent, i) => (axes[i] === undefined ? String(extent) : `${axes[i]} ${extent}`)).join(" × ");

/** Every value that can be read or changed, from the input to the output. One that has units opens them. */
export function Sites({ model, search, onSearch, onOpen }: Props) {
  const withUnits = new Set(isNetwork(model) ? unitSites(model).map(({ name }) => name) : []);
  return (
    <Searched<Site>
      label="Sites"
      items={model.sites}
      textOf={({ name, role }) => `${name} ${role}`}
      search={search}
      onSearch={onSearch}
      draw={(site) => (
        <>
          {withUnits.has(site.name) ? (
            <button class="link" title={`Opens the units of ${site.name}`} onClick={() => onOpen(site.name)}>
              <code>{site.name}</code>
            </button>
          ) : (
            <code>{site.name}</code>
          )}
          <span class="quiet">
            {site.role}
            {site.role && ", "}
            {shapeWords(site)}
          </span>
        </>
      )}
    />
  );
}
