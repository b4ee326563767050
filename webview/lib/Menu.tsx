import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props {
  readonly label: ComponentChildren;
  /** Said instead of the label where that is not plain words. */
  readonly name?: string;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}

/**
 * A button that opens a small panel of controls. Escape, a click elsewhere or on something marked `data-closes` closes it;
 * Escape gives the focus back.
 */
export function Menu({ label, name, disabled = false, children }: Props) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const elsewhere = (event: Event): void => {
      if (!root.current?.contains(event.target as Element)) setOpen(false);
    };
    const kinds = ["pointerdown", "focusin"] as const;
    for (const kind of kinds) addEventListener(kind, elsewhere);
    return () => kinds.forEach((kind) => removeEventListener(kind, elsewhere));
  }, [open]);
  // A narrow panel has no room to the left of every button: the menu moves just as far as it must.
  useLayoutEffect(() => {
    const box = panel.current?.getBoundingClientRect();
    if (!box) return;
    const shift = box.left < 8 ? 8 - box.left : box.right > innerWidth - 8 ? innerWidth - 8 - box.right : 0;
    panel.current!.style.transform = shift ? `translateX(${shift}px)` : "";
  }, [open]);
  return (
    <div
      class="menu"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        setOpen(false);
        button.current?.focus();
        event.stopPropagation();
      }}
      onClick={(event) =>
        (event.target as Element).closest("[data-closes]") && (setOpen(false), button.current?.focus())
      }
    >
      <button ref={button} aria-expanded={open} disabled={disabled} title={name} onClick={() => setOpen(!open)}>
        {name && <span class="hidden">{name}: </span>}
        {label} <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <div class="panel" ref={panel} role="group" aria-label={name ?? (typeof label === "string" ? label : "")}>
          {children}
        </div>
      )}
    </div>
  );
}
