import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FrameLocator, Locator, Page } from "playwright-core";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { hanging } from "./hanging.ts";
import { webview } from "./webview.ts";
import { contextMenu } from "./workbench.ts";

/** The explain panel as a person handles it. */
export const explain = (page: Page, model: string): Promise<void> => contextMenu(page, model, COMMANDS.explain.title);

export const card = (view: FrameLocator, method: string): Locator => view.locator(`figure[data-method="${method}"]`);

/** Resolves when a method's map is in the state, e.g. "done". */
export const runIs = (view: FrameLocator, method: string, state: string, timeout = hanging): Promise<void> =>
  view.locator(`figure[data-method="${method}"][data-state="${state}"]`).waitFor({ timeout });

export async function allDone(
  view: FrameLocator,
  methods: readonly string[] = ["smoothgrad", "integrated-gradients", "grad-cam"],
): Promise<void> {
  for (const method of methods) await runIs(view, method, "done");
}

/** Takes one of the pictures that the panel offers, opening the offer if one is shown already. */
export async function choosePicture(page: Page, label: string): Promise<FrameLocator> {
  const view = webview(page);
  const offered = view.locator(".pictures button", { hasText: label }).first();
  const subject = view.locator(".subject button");
  await view.locator(".subject").waitFor();
  if ((await subject.count()) && (await subject.getAttribute("aria-expanded")) === "false") await subject.click();
  await offered.click();
  return view;
}

/** Opens a menu of the toolbar by its name. */
export async function openMenu(view: FrameLocator, name: string): Promise<Locator> {
  const button = view.locator(".toolbar .menu > button", { hasText: name });
  if ((await button.getAttribute("aria-expanded")) !== "true") await button.click();
  return view.locator(".menu > .panel");
}

/** Exports what is shown through VS Code's save dialog, which on the web is a quick input, and gives the file's bytes. */
export async function exported(page: Page, view: FrameLocator, item: string, file: string): Promise<Buffer> {
  await (await openMenu(view, "Export")).getByText(item, { exact: true }).click();
  const input = page.locator(".quick-input-widget .quick-input-box input");
  await input.waitFor({ state: "visible" });
  // The dialog puts its own suggestion in a moment after it appears, so the path is typed until it stays.
  for (const end = Date.now() + hanging; !fs.existsSync(file) && Date.now() < end;) {
    await input.fill(file, { timeout: 1000 }).catch(() => undefined);
    await sleep(300);
    if ((await input.inputValue({ timeout: 500 }).catch(() => "")) === file)
      await input.press("Enter", { timeout: 1000 }).catch(() => undefined);
  }
  await view.locator(".said", { hasText: path.basename(file) }).waitFor();
  return fs.readFileSync(file);
}

/** Engine processes that work with this cache folder: those of this test alone. */
export function enginesOf(cache: string): number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return (
          fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("engine.mjs") &&
          fs.readFileSync(`/proc/${pid}/environ`, "utf8").includes(cache)
        );
      } catch {
        return false;
      }
    });
}

/** Ends the engine as a crash would, and waits until it is gone. */
export async function crashEngine(cache: string): Promise<void> {
  for (const pid of enginesOf(cache)) process.kill(pid, "SIGKILL");
  while (enginesOf(cache).length) await sleep(20);
}
