import type { ComponentChildren } from "preact";

interface Props<T> {
  /** Names the list, e.g. "Sites". */
  readonly label: string;
  readonly items: readonly T[];
  /** The text that is searched. */
  readonly textOf: (item: T) => string;
  readonly search: string;
  readonly onSearch: (search: string) => void;
  readonly draw: (item: T) => ComponentChildren;
}

/** More are found by searching: thousands of rows would hold up the page. */
const mostShown = 200;

/** A list with a search field: every word must be in an item's text. */
export function Searched<T>({ label, items, textOf, search, onSearch, draw }: Props<T>) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = items.filter((item) => words.every((word) => textOf(item).toLowerCase().includes(word)));
  return (
    <div class="searched">
      <input
        type="search"
        aria-label={`Search ${label.toLowerCase()}`}
        placeholder={`Search ${items.length.toLocaleString("en")}`}
        value={search}
        onInput={(event) => onSearch(event.currentTarget.value)}
      />
      <ul aria-label={label}>
        {found.slice(0, mostShown).map((item) => (
          <li key={textOf(item)}>{draw(item)}</li>
        ))}
      </ul>
      <p class="quiet" role="status">
        {found.length === 0
          ? `Nothing has “${search}” in it.`
          : found.length > mostShown
            ? `The first ${mostShown} of ${found.length.toLocaleString("en")} are shown; search for the others.`
            : ""}
      </p>
    </div>
  );
}
