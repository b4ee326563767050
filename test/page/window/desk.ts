import type { PagePanel } from "./page-panel.ts";
import type { Uri } from "./uri.ts";

/** What VS Code gives the document of a webview in a theme. */
export interface DocumentTheme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What is outside of panels: where a person's choices in dialogs come from, and what panels leave there. */
export interface Desk {
  /** The workspace's folder. */
  workspace: string;
  theme: DocumentTheme;
  create: (viewType: string, title: string) => PagePanel;
  /** What the next dialog is answered with; nothing closes it. */
  chosen: string | undefined;
  clipboard: string;
  /** The documents that were opened, the last at the end. */
  readonly opened: Uri[];
  /** Every panel that was opened, the last at the end. */
  readonly panels: PagePanel[];
  readonly commands: Map<string, (...given: never[]) => unknown>;
}

export const desk: Desk = {
  workspace: "",
  theme: { bodyClass: "", variables: {} },
  create: () => {
    throw new Error("The page's server does not run yet.");
  },
  chosen: undefined,
  clipboard: "",
  opened: [],
  panels: [],
  commands: new Map(),
};
