import type { CommandName } from "./commands.ts";
import { ON_MODEL_FILE } from "./modelFiles.ts";

export interface MenuItem {
  readonly command: CommandName;
  /** A when clause; without it the item is always there. */
  readonly when?: string;
  readonly group?: string;
}

/** Menus by VS Code's identifier. A command needs no entry to be in the palette, only one to be kept out of it. */
export const MENUS: Readonly<Record<string, readonly MenuItem[]>> = {
  "explorer/context": [{ command: "explain", when: ON_MODEL_FILE, group: "navigation@40" }],
  "editor/title": [{ command: "explain", when: ON_MODEL_FILE, group: "navigation@40" }],
};
