import type { Locator, Page } from "playwright-core";
import { hanging } from "../browser/hanging.ts";

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const shows = (locator: Locator, timeout: number): Promise<boolean> =>
  locator.waitFor({ state: "visible", timeout }).then(
    () => true,
    () => false,
  );

/**
 * Commands and menu items arrive seconds after the workbench is usable, and what is open by then does not refresh:
 * so `attempt` is repeated, each time from a closed palette or menu.
 */
async function untilListed(what: string, timeout: number, attempt: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + timeout; !(await attempt());) {
    if (Date.now() > end) throw new Error(`${what} was not listed within ${timeout / 1000} s.`);
  }
}

/** Resolves when the explorer lists the workspace. */
export const ready = (page: Page): Promise<void> =>
  page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();

export async function reload(page: Page): Promise<void> {
  await page.reload();
  await ready(page);
}

export const explorerRow = (page: Page, name: string): Locator =>
  page
    .locator(".explorer-folders-view .monaco-list-row")
    .filter({ has: page.locator(".label-name", { hasText: new RegExp(`^${escaped(name)}$`) }) });

/** Expands folders one below the other: `await expandFolders(page, "vision", "masks")`. */
export async function expandFolders(page: Page, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const row = explorerRow(page, name).first();
    await row.waitFor();
    if ((await row.getAttribute("aria-expanded")) !== "true") await row.click();
    await page.waitForFunction(
      (element) => element?.getAttribute("aria-expanded") === "true",
      await row.elementHandle(),
    );
  }
}

/** Opens a file of the explorer in an editor of its own. */
export async function openFile(page: Page, name: string): Promise<void> {
  await explorerRow(page, name).dblclick();
  await tab(page, name).waitFor();
}

export const tab = (page: Page, name: string): Locator =>
  page.locator(".tabs-container .tab").filter({ hasText: name });
export const quickInput = (page: Page): Locator => page.locator(".quick-input-widget .quick-input-box input");
export const quickPick = (page: Page, label: string): Locator =>
  page.locator(".quick-input-widget .quick-input-list .monaco-list-row").filter({ hasText: label }).first();
export const notification = (page: Page, text: string): Locator =>
  page
    .locator(".notifications-toasts .notification-toast, .notifications-center .notification-list-item")
    .filter({ hasText: text })
    .first();
export const statusBarItem = (page: Page, text: string): Locator =>
  page.locator(".part.statusbar .statusbar-item").filter({ hasText: text }).first();

/** A view of the side bar by its title, expanded. */
export async function sideView(page: Page, title: string): Promise<Locator> {
  const view = page.locator(".pane", { has: page.locator(".pane-header", { hasText: title }) });
  const header = view.locator(".pane-header");
  if ((await header.getAttribute("aria-expanded")) === "false") await header.click();
  return view;
}

/** Opens the palette until it lists a command, by the title it shows there, and leaves it open. */
function findCommand(page: Page, title: string, timeout: number): Promise<void> {
  const input = quickInput(page);
  let patience = 1500;
  return untilListed(`The command ${title}`, timeout, async () => {
    await page.keyboard.press("F1");
    if (!(await shows(input, 5000))) return false;
    // A palette that something closed at once is opened again.
    if (
      !(await input.fill(`>${title}`, { timeout: 2000 }).then(
        () => true,
        () => false,
      ))
    )
      return false;
    if (await shows(quickPick(page, title), (patience *= 1.5))) return true;
    await closePalette(page);
    return false;
  });
}

async function closePalette(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await quickInput(page)
    .waitFor({ state: "hidden", timeout: 2000 })
    .catch(() => undefined);
}

/** Runs a command by the title the palette shows, e.g. "Glassbox: Explain a Prediction". */
export async function runCommand(page: Page, title: string, timeout = hanging): Promise<void> {
  await findCommand(page, title, timeout);
  await quickPick(page, title).click();
}

/** Resolves when the palette lists a command, without running it. */
export async function commandListed(page: Page, title: string, timeout = hanging): Promise<void> {
  await findCommand(page, title, timeout);
  await closePalette(page);
}

const menu = (page: Page): Locator => page.locator(".context-view .monaco-menu");

async function closeMenu(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await menu(page)
    .waitFor({ state: "detached", timeout: 2000 })
    .catch(() => undefined);
}

/** A menu ignores clicks in its first tenth of a second, so the click is repeated until the menu is gone. */
async function pickFromMenu(page: Page, entry: Locator): Promise<void> {
  for (let clicks = 0; clicks < 40; clicks++) {
    await entry.click({ timeout: 2000 }).catch(() => undefined);
    const gone = menu(page).waitFor({ state: "detached", timeout: 1000 });
    if (
      await gone.then(
        () => true,
        () => false,
      )
    )
      return;
  }
  throw new Error("The menu stayed open.");
}

/** Right-clicks a file of the explorer and picks an item by its whole title. */
export function contextMenu(page: Page, file: string, item: string, timeout = hanging): Promise<void> {
  const entry = menu(page).locator(".action-item", {
    has: page.locator(".action-label", { hasText: new RegExp(`^${escaped(item)}$`) }),
  });
  let patience = 1000;
  return untilListed(`The menu item ${item} on ${file}`, timeout, async () => {
    await explorerRow(page, file).click({ button: "right" });
    if (await shows(entry, (patience *= 1.5))) {
      await pickFromMenu(page, entry);
      return true;
    }
    await closeMenu(page);
    return false;
  });
}

/** The titles that a right click on a file offers now; call it after something awaited has shown that the extension is there. */
export async function contextMenuTitles(page: Page, file: string): Promise<readonly string[]> {
  await explorerRow(page, file).click({ button: "right" });
  await menu(page).waitFor();
  const titles = await menu(page).locator(".action-label:not(.separator)").allInnerTexts();
  await closeMenu(page);
  return titles.map((title) => title.trim()).filter(Boolean);
}

export async function closeAllEditors(page: Page): Promise<void> {
  await runCommand(page, "View: Close All Editors");
  await page.locator(".tabs-container .tab").first().waitFor({ state: "detached" });
}
