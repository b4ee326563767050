import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A titled part of the facts column; `of` names what it is about, quietly at the right. */
export function Section({
  title,
  of,
  name,
  children,
}: {
  readonly title: string;
  readonly of?: string | undefined;
  /** For styles. */ readonly name?: string;
  readonly children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class={name} aria-labelledby={id}>
      <div class="title-row">
        <h2 id={id}>{title}</h2>
        {of && <span class="quiet of">{of}</span>}
      </div>
      {children}
    </section>
  );
}

/** The same, closed until it is wanted, or open at first. */
export function Fold({
  title,
  of,
  open = false,
  children,
}: {
  readonly title: string;
  readonly of?: string | undefined;
  readonly open?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <section>
      <details open={open}>
        <summary>
          <h2>{title}</h2>
          {of && <span class="quiet of">{of}</span>}
        </summary>
        {children}
      </details>
    </section>
  );
}
