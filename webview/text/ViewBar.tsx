import type { ComponentChildren } from "preact";
import type { Drawings, Exportable } from "../lib/export-answer.ts";
import { ExportMenu } from "../lib/ExportMenu.tsx";
import { gridPicture } from "./grid-picture.ts";
import type { ViewProps } from "./view.ts";

interface Props extends Pick<ViewProps, "engine" | "say"> {
  readonly title: string;
  /** The grid whose picture is exported. */
  readonly grid: string;
  readonly answer: Exportable | undefined;
  /** Tables that hold more here than the answer's own, e.g. the tokens behind the numbers. */
  readonly tables?: Drawings | undefined;
  readonly children?: ComponentChildren;
}

/** The code is for the library that this field knows. */
export const exportWords = { python: "Copy as TransformerLens code" } as const;

/** A view's own controls, and what it can give away. */
export function ViewBar({ engine: { connection }, title, grid, answer, tables, say, children }: Props) {
  return (
    <div class="view-bar">
      <h2>{title}</h2>
      <div class="actions">
        {children}
        <ExportMenu
          connection={connection}
          answer={answer}
          drawings={{ png: () => gridPicture(grid), ...tables }}
          labels={exportWords}
          say={say}
        />
      </div>
    </div>
  );
}
