import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** A button that opens a small panel of controls; Escape or a click elsewhere closes it and gives the focus back. */
export function Menu({ label, disabled = false, children }: { readonly label: string; readonly disabled?: boolean; readonly children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const elsewhere = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Element)) setOpen(false);
    };
    addEventListener("pointerdown", elsewhere);
    return () => removeEventListener("pointerdown", elsewhere);
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
    >
      <button ref={button} aria-expanded={open} disabled={disabled} onClick={() => setOpen(!open)}>{label} <span aria-hidden="true">▾</span></button>
      {open && <div class="panel" role="group" aria-label={label}>{children}</div>}
    </div>
  );
}
