import { useState } from "preact/hooks";
import type { PredictionRow } from "../../src/answers/prediction-rows.ts";
import { Section } from "../lib/Section.tsx";
import { matchingClasses } from "./class-search.ts";
import { classOf } from "./state.ts";

interface Props {
  /** None before the prediction is there: its place is kept, so that nothing below moves under a hand. */
  readonly rows: readonly PredictionRow[] | undefined;
  readonly title: string;
  readonly names: readonly string[] | undefined;
  /** How many classes can be searched; none where the output has no classes. */
  readonly count: number;
  /** The target that is explained, in text form. */
  readonly chosen: string | undefined;
  readonly onChoose: (target: string) => void;
}

const listed = 5;

/** What the model says, best first; any other class by searching its name or number. */
export function ClassList({ rows, title, names, count, chosen, onChoose }: Props) {
  const [search, setSearch] = useState<string>();
  const matches = matchingClasses(search ?? "", names, count);
  const best = rows?.slice(0, listed) ?? [];
  const awaited = rows ? 0 : Math.min(listed, count);
  const other = rows && chosen !== undefined && !best.some(({ target }) => target === chosen);
  const otherClass = classOf(chosen);
  // Bars are compared with each other, the figures with 100 %.
  const longest = Math.max(0.5, ...best.map(({ share }) => share ?? 0));
  return (
    <Section title={title} name="sees">
      <ul class="classes" aria-label="What to explain" aria-busy={rows === undefined}>
        {Array.from({ length: awaited }, (_, i) => (
          <li key={`awaited ${i}`} class="awaited" />
        ))}
        {best.map(({ name, figure, share, target }) => (
          <li key={target}>
            <button
              aria-pressed={target === chosen}
              onClick={() => onChoose(target)}
              title={`Explain ${name} (${target})`}
            >
              <span class="name">{name}</span>
              <span class="bar" aria-hidden="true">
                {share !== undefined && <span style={{ width: `${(100 * share) / longest}%` }} />}
              </span>
              <span class="number">{figure}</span>
            </button>
          </li>
        ))}
        {other && (
          <li>
            <button aria-pressed={true} onClick={() => onChoose(chosen)}>
              <span class="name">
                {otherClass === undefined ? chosen : (names?.[otherClass] ?? `class ${otherClass}`)}
              </span>
              <span class="number">{otherClass === undefined ? "" : `class ${otherClass}`}</span>
            </button>
          </li>
        )}
      </ul>
      {count === 0 ? undefined : search === undefined ? (
        <button class="link" onClick={() => setSearch("")}>
          Explain another class…
        </button>
      ) : (
        <div class="search">
          <input
            type="search"
            aria-label="Search classes by name or number"
            placeholder={`Name or number, 0 to ${count - 1}`}
            value={search}
            ref={(input) => input?.focus()}
            onInput={(event) => setSearch(event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Escape" && setSearch(undefined)}
          />
          <ul class="classes">
            {matches.map((index) => (
              <li key={index}>
                <button onClick={() => (onChoose(`logit:${index}`), setSearch(undefined))}>
                  <span class="name">{names?.[index] ?? `class ${index}`}</span>
                  <span class="number">{index}</span>
                </button>
              </li>
            ))}
          </ul>
          {search?.trim() && matches.length === 0 && <p class="quiet">No class is called “{search.trim()}”.</p>}
        </div>
      )}
    </Section>
  );
}
