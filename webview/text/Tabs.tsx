import { useRef } from "preact/hooks";
import { VIEWS, type View } from "./state.ts";

const views = Object.keys(VIEWS) as View[];

/** The views of the workbench; arrow keys go from one to the next. */
export function Tabs({ view, onView }: { readonly view: View; readonly onView: (view: View) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const go = (by: number): void => {
    const next = (views.indexOf(view) + by + views.length) % views.length;
    onView(views[next]!);
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Views" ref={list}>
      {views.map((each) => (
        <button
          key={each}
          id={`tab-${each}`}
          role="tab"
          aria-selected={each === view}
          aria-controls="view"
          tabIndex={each === view ? 0 : -1}
          onClick={() => onView(each)}
          onKeyDown={(event) => {
            if (event.key === "ArrowRight") go(1);
            else if (event.key === "ArrowLeft") go(-1);
            else return;
            event.preventDefault();
          }}
        >
          {VIEWS[each]}
        </button>
      ))}
    </div>
  );
}
