import type { Memento } from "vscode";
import type { PanelName } from "../../protocol/panel.ts";
import type { Intent, PanelRow } from "./row.ts";

/**
 * What panels showed last, kept with the workspace: VS Code loses a page's own state if the window is reloaded within
 * seconds, and a new panel of a model begins with what the last one was about.
 */
export class PanelMemory {
  readonly #memento: Memento;

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  opened(panel: PanelName, model: string): void {
    void this.#memento.update(`panel:${panel}`, model);
  }

  shown(panel: PanelName, model: string, intent: unknown): void {
    void this.#memento.update(keyOf(panel, model), intent);
  }

  /** The model of the panel of this kind that was opened last. */
  lastModel(panel: PanelName): string | undefined {
    return this.#memento.get<string>(`panel:${panel}`);
  }

  lastShown(panel: PanelName, model: string): Intent | undefined {
    return this.#memento.get<Intent>(keyOf(panel, model));
  }

  /** What a new panel copies from the last one. */
  carried({ name, carries }: PanelRow, model: string): Intent {
    const last = this.lastShown(name, model) ?? {};
    return Object.fromEntries(carries.flatMap((key) => (last[key] === undefined ? [] : [[key, last[key]]])));
  }
}

const keyOf = (panel: PanelName, model: string): string => `panel:${panel}:${model}`;
