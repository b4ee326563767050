import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { hanging } from "../browser/hanging.ts";
import { EXTENSION_ID } from "./installation.ts";

/** What the workbench has saved under `key`, in each of its stores. */
const saved = (page: Page, key: string): Promise<string> =>
  page.evaluate(async (wanted) => {
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
      });
    const found: string[] = [];
    for (const { name } of await indexedDB.databases()) {
      if (!name?.startsWith("vscode-web-state-db-")) continue;
      const database = await settled(indexedDB.open(name));
      const items = database.transaction("ItemTable").objectStore("ItemTable");
      found.push(String(await settled(items.get(wanted))));
      database.close();
    }
    return found.join("\n");
  }, key);

async function persisted(page: Page, key: string, text: string, timeout: number): Promise<void> {
  for (const end = Date.now() + timeout; !(await saved(page, key)).includes(text); await sleep(200)) {
    if (Date.now() > end) throw new Error(`What is saved as ${key} never contained ${text}.`);
  }
}

/**
 * Waits until the saved layout of the editors contains `text`, which only the webview's setState may have written.
 * The workbench saves from an idle timer of five seconds and not at unload: a reload before that loses the state.
 */
export const editorStatePersisted = (page: Page, text: string, timeout = hanging): Promise<void> =>
  persisted(page, "memento/workbench.parts.editor", text, timeout);

/** Waits until what Glassbox keeps, for all workspaces or for this one, is saved with `text` in it: its write is under way when a panel has shown it. */
export const extensionStatePersisted = (page: Page, text: string, timeout = hanging): Promise<void> =>
  persisted(page, EXTENSION_ID, text, timeout);
