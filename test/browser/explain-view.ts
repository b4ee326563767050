import type { FrameLocator, Locator } from "playwright-core";
import { hanging } from "./hanging.ts";

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
export async function choosePicture(view: FrameLocator, label: string): Promise<void> {
  const subject = view.locator(".subject button");
  await view.locator(".subject").waitFor();
  if ((await subject.count()) && (await subject.getAttribute("aria-expanded")) === "false") await subject.click();
  await view.locator(".pictures button", { hasText: label }).first().click();
}

/** Opens a menu of the toolbar by its name. */
export async function openMenu(view: FrameLocator, name: string): Promise<Locator> {
  const button = view.locator(".toolbar .menu > button", { hasText: name });
  if ((await button.getAttribute("aria-expanded")) !== "true") await button.click();
  return view.locator(".menu > .panel");
}
