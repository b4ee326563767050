import { useState } from "preact/hooks";
import type { SiteCard } from "../../src/protocol/model.ts";
import { Fold } from "../lib/Section.tsx";

/** A unit of a layer, or the layer's grid of units on the page that holds this unit: the unit page's own words. */
export interface UnitWanted {
  readonly site: string;
  readonly channel: number;
  readonly view: "unit" | "layer";
}

interface Props {
  /** Those with channels over positions, in the order of the network. */
  readonly sites: readonly SiteCard[];
  readonly onOpen: (wanted: UnitWanted) => void;
}

/** The model's layers: of each, what one unit looks for or a grid of all of them opens on a page of its own. */
export function Layers({ sites, onOpen }: Props) {
  const [filter, setFilter] = useState("");
  const [channel, setChannel] = useState(0);
  const listed = sites.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
  return (
    <Fold title="Layers">
      <div class="layers">
        <div class="asked">
          <label>
            Filter
            <input type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
          </label>
          <label>
            Channel
            <input
              type="number"
              min={0}
              value={channel}
              onInput={(event) =>
                event.currentTarget.valueAsNumber >= 0 && setChannel(Math.floor(event.currentTarget.valueAsNumber))
              }
            />
          </label>
        </div>
        <ul aria-label="Layers, from the input to the output">
          {listed.map(({ name, shape, channels = 1 }) => {
            // A layer of fewer channels shows its last one.
            const unit = Math.min(channel, channels - 1);
            return (
              <li key={name}>
                <code title={name}>{name}</code>
                <span class="quiet">{shape.slice(1).join(" × ")}</span>
                <span class="opens">
                  <button
                    class="link"
                    title={`Opens what channel ${unit} of ${name} looks for`}
                    aria-label={`Unit ${unit} of ${name}`}
                    onClick={() => onOpen({ site: name, channel: unit, view: "unit" })}
                  >
                    Unit {unit}
                  </button>
                  <button
                    class="link"
                    title={`Opens pictures of the ${channels} channels of ${name}`}
                    aria-label={`All ${channels} of ${name}`}
                    onClick={() => onOpen({ site: name, channel: unit, view: "layer" })}
                  >
                    All {channels}
                  </button>
                </span>
              </li>
            );
          })}
        </ul>
        {listed.length === 0 && <p class="quiet">No layer's name has “{filter}” in it.</p>}
      </div>
    </Fold>
  );
}
