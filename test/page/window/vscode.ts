/**
 * Stands in for the module `vscode` where panels are shown in a plain page: as much of it as the hosts of panels call.
 * What VS Code itself does with it is what test/vscode tries.
 */
import fs from "node:fs";
import path from "node:path";
import { desk } from "./desk.ts";
import type { PagePanel } from "./page-panel.ts";
import { Uri } from "./uri.ts";

export { Uri };
export const ViewColumn = { Active: -1, Beside: -2 };

/** Editors, of which a plain page has none. */
export function TabInputText(): void {}
export function TabInputCustom(): void {}

export class Range {
  readonly from: readonly [number, number];
  constructor(line: number, column: number) {
    this.from = [line, column];
  }
}

function answered(): string | undefined {
  const { chosen } = desk;
  desk.chosen = undefined;
  return chosen;
}

export const window = {
  createWebviewPanel(viewType: string, title: string): PagePanel {
    const panel = desk.create(viewType, title);
    desk.panels.push(panel);
    return panel;
  },
  async showSaveDialog(): Promise<Uri | undefined> {
    const chosen = answered();
    return chosen === undefined ? undefined : Uri.file(chosen);
  },
  async showOpenDialog(): Promise<Uri[] | undefined> {
    const chosen = answered();
    return chosen === undefined ? undefined : [Uri.file(chosen)];
  },
  async showTextDocument(uri: Uri): Promise<void> {
    desk.opened.push(uri);
  },
};

/** The endings in a pattern such as "all folders, *.{png,jpg}". */
const endingsOf = (glob: string): readonly string[] => /\{(.*)\}/.exec(glob)![1]!.split(",");

export const workspace = {
  isTrusted: true,
  get workspaceFolders() {
    return [{ uri: Uri.file(desk.workspace) }];
  },
  async findFiles(glob: string): Promise<Uri[]> {
    const endings = endingsOf(glob);
    return fs
      .readdirSync(desk.workspace, { recursive: true, encoding: "utf8" })
      .filter((name) => endings.some((ending) => name.endsWith(`.${ending}`)))
      .map((name) => Uri.file(path.join(desk.workspace, name)));
  },
  asRelativePath: (given: string | Uri): string =>
    path.relative(desk.workspace, typeof given === "string" ? given : given.fsPath) || path.basename(desk.workspace),
  fs: {
    createDirectory: async ({ fsPath }: Uri): Promise<void> => void fs.mkdirSync(fsPath, { recursive: true }),
    writeFile: async ({ fsPath }: Uri, bytes: Uint8Array): Promise<void> => fs.writeFileSync(fsPath, bytes),
  },
};

export const env = {
  clipboard: {
    writeText: async (text: string): Promise<void> => {
      desk.clipboard = text;
    },
  },
};

export const commands = {
  executeCommand: async (id: string, ...given: never[]): Promise<unknown> => desk.commands.get(id)?.(...given),
};
