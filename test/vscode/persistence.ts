import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";

const savedEditors = (page: Page): Promise<string> =>
  page.evaluate(async () => {
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
      found.push(String(await settled(items.get("memento/workbench.parts.editor"))));
      database.close();
    }
    return found.join("\n");
  });

/**
 * Waits until the saved layout of the editors contains `text`, which only the webview's setState may have written.
 * The workbench saves from an idle timer of five seconds and not at unload: a reload before that loses the state.
 */
export async function editorStatePersisted(page: Page, text: string, timeout = 20_000): Promise<void> {
  for (const end = Date.now() + timeout; !(await savedEditors(page)).includes(text); await sleep(200)) {
    if (Date.now() > end) throw new Error(`The saved editors never contained ${text}.`);
  }
}
