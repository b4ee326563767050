import type { UnitFacts, UnitExample } from "../../src/protocol/visualization.ts";
import type { Growing, Part } from "./session.ts";
import { PictureCanvas } from "../lib/PictureCanvas.tsx";
import { figure, evaluatedPictures } from "./words.ts";

const words: Readonly<Record<Exclude<Part, "positive" | "layer">, { readonly title: string; readonly says: string }>> =
  {
    negative: { title: "The opposite", says: "Grown to excite it least." },
    diverse: { title: "Four ways", says: "Grown together, each kept unlike the others." },
  };

/** Further pictures grown for the unit, small. */
export function Further({
  part,
  growing,
  unit,
}: {
  readonly part: "negative" | "diverse";
  readonly growing: Growing;
  readonly unit: string;
}) {
  const places = part === "diverse" ? [0, 1, 2, 3] : [0];
  const images = growing.units[0]?.images;
  const note =
    growing.state === "running"
      ? growing.note
      : growing.state === "paused" || growing.state === "cancelled"
        ? growing.state
        : growing.state === "waiting"
          ? "next"
          : growing.state === "failed"
            ? (growing.failure?.what ?? "failed")
            : words[part].says;
  return (
    <section class={`further ${part}`} data-state={growing.state}>
      <h2>{words[part].title}</h2>
      <div class="row">
        {places.map((place) => {
          const picture =
            growing.state === "done"
              ? images?.[place]?.picture
              : (growing.frames[place]?.at(-1)?.picture ?? images?.[place]?.picture);
          return (
            <PictureCanvas
              key={place}
              picture={picture}
              label={`${words[part].title}${places.length > 1 ? `, ${place + 1} of 4` : ""}, for ${unit}${images?.[place] ? `: activation ${figure(part === "negative" ? -images[place].activation : images[place].activation)}` : ""}`}
            />
          );
        })}
      </div>
      <p class="quiet">{note}</p>
    </section>
  );
}

interface ExamplesProps {
  readonly facts: UnitFacts | undefined;
  readonly examples: ReadonlyMap<string, UnitExample>;
  readonly chosen: string | undefined;
  readonly from: string | undefined;
  readonly onChoose: (path: string) => void;
  readonly onFolder: () => void;
  readonly onSamples: () => void;
}

/** The real pictures that excite the unit most: where, and the part around the strongest place. */
export function Examples({ facts, examples, chosen, from, onChoose, onFolder, onSamples }: ExamplesProps) {
  return (
    <section class="examples" aria-labelledby="examples">
      <div class="title-row">
        <h2 id="examples">Real pictures that excite it most</h2>
        <span class="quiet of">
          {from === undefined ? "sample photographs" : from}
          {facts && facts.photographsFound > facts.photographs.length && `, ${evaluatedPictures(facts)}`}
        </span>
      </div>
      <ul aria-busy={facts === undefined}>
        {(facts?.photographs.slice(0, 4) ?? []).map(({ path, name, mean, largest }) => {
          const example = examples.get(path);
          return (
            <li key={path}>
              <button
                aria-pressed={path === chosen}
                onClick={() => onChoose(path)}
                title={`${path}. Shows what the model says of it without this unit.`}
              >
                <PictureCanvas
                  picture={example?.view}
                  activation={example?.activation}
                  label={`${name}, bright where the unit is active`}
                />
                <PictureCanvas picture={example?.crop} label="The part around the strongest place" />
                <span class="name">{name}</span>
                <span class="quiet">
                  mean {figure(mean)}, most {figure(largest)}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      <p>
        <button class="link" onClick={onFolder}>
          Compare with a folder of pictures…
        </button>
        {from !== undefined && (
          <>
            {" "}
            ·{" "}
            <button class="link" onClick={onSamples}>
              Back to the sample photographs
            </button>
          </>
        )}
      </p>
    </section>
  );
}
