import { COMMANDS, type CommandName } from "./commands.ts";
import { EXPERIMENT_LANGUAGE } from "./languages.ts";
import { MODEL_FILES, onModelFile, type ModelUse } from "./modelFiles.ts";

export interface MenuItem {
  readonly command: CommandName;
  /** A when clause; without it the item is always there. */
  readonly when?: string;
  readonly group?: string;
}

const ON_EXPERIMENT = `editorLangId == ${EXPERIMENT_LANGUAGE}`;

const uses = Object.keys(MODEL_FILES) as ModelUse[];

/** Each command on the files that it is for. */
const onFiles: readonly MenuItem[] = uses.map((command, index) => ({
  command,
  when: onModelFile(command),
  group: `navigation@${40 + index}`,
}));

/** Menus by VS Code's identifier. A command needs no entry to be in the palette, only one to be kept out of it. */
export const MENUS: Readonly<Record<string, readonly MenuItem[]>> = {
  "explorer/context": onFiles,
  "editor/title": [
    ...onFiles.filter(({ command }) => "icon" in COMMANDS[command]),
    { command: "runExperiment", when: ON_EXPERIMENT, group: "navigation@1" },
  ],
  commandPalette: [
    { command: "runExperiment", when: ON_EXPERIMENT },
    { command: "checkExperiment", when: ON_EXPERIMENT },
    // Only links and lenses know which model.
    { command: "explainFile", when: "false" },
    { command: "openTextFile", when: "false" },
  ],
};
