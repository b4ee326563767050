import { useState } from "preact/hooks";
import type { RankedClass } from "../../src/protocol/result.ts";
import { Section } from "../lib/Section.tsx";

interface Props {
  /** None before the prediction is there: its place is kept, so that nothing below moves under a hand. */
  readonly top: readonly RankedClass[] | undefined;
  readonly names: readonly string[] | undefined;
  readonly count: number;
  /** Index of the class that is explained. */
  readonly chosen: number | undefined;
  readonly onChoose: (index: number) => void;
}

const listed = 5;
const found = 8;

/** What the model sees, best first; any other class by searching its name or number. */
export function ClassList({ top, names, count, chosen, onChoose }: Props) {
  const [search, setSearch] = useState<string>();
  const best = top?.slice(0, listed) ?? [];
  const awaited = top ? 0 : Math.min(listed, count);
  const other = top && chosen !== undefined && !best.some(({ index }) => index === chosen);
  // Bars are compared with each other, the figures with 100 %.
  const longest = Math.max(0.5, ...best.map(({ probability }) => probability));
  return (
    <Section title="What it sees" name="sees">
      <ul class="classes" aria-label="Class to explain" aria-busy={top === undefined}>
        {Array.from({ length: awaited }, (_, i) => (
          <li key={`awaited ${i}`} class="awaited" />
        ))}
        {best.map(({ index, name, probability }) => (
          <li key={index}>
            <button
              aria-pressed={index === chosen}
              onClick={() => onChoose(index)}
              title={`Explain class ${index}, ${name}`}
            >
              <span class="name">{name}</span>
              <span class="bar" aria-hidden="true">
                <span style={{ width: `${(100 * probability) / longest}%` }} />
              </span>
              <span class="number">{(100 * probability).toFixed(1)} %</span>
            </button>
          </li>
        ))}
        {other && (
          <li>
            <button aria-pressed={true} onClick={() => onChoose(chosen)}>
              <span class="name">{names?.[chosen] ?? `class ${chosen}`}</span>
              <span class="number">class {chosen}</span>
            </button>
          </li>
        )}
      </ul>
      {search === undefined ? (
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
            {matching(search, names, count).map((index) => (
              <li key={index}>
                <button onClick={() => (onChoose(index), setSearch(undefined))}>
                  <span class="name">{names?.[index] ?? `class ${index}`}</span>
                  <span class="number">{index}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  );
}

/** Names that begin with the words come before names that contain them. */
function matching(search: string, names: readonly string[] | undefined, count: number): number[] {
  const text = search.trim().toLowerCase();
  if (text === "") return [];
  if (/^\d+$/.test(text)) return Number(text) < count ? [Number(text)] : [];
  const hits = (names ?? []).flatMap((name, index) => (name.toLowerCase().includes(text) ? [index] : []));
  const starts = (index: number): number => (names![index]!.toLowerCase().startsWith(text) ? 0 : 1);
  return hits.sort((a, b) => starts(a) - starts(b) || a - b).slice(0, found);
}
