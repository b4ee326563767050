import fs from "node:fs";
import path from "node:path";
import type { FrameLocator, Page } from "playwright-core";
import type { Pixels } from "./canvas.ts";
import { openMenu } from "./explain-view.ts";

/** The picture that grows, in a state such as "done". */
export const growth = (state: string): string => `.growth[data-state="${state}"]`;

/** The standard deviation of the red channel. */
export const spread = ({ data }: Pixels): number => {
  const values = data.filter((_, i) => i % 4 === 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

export const differ = (a: Pixels, b: Pixels): boolean => a.data.some((value, i) => Math.abs(value - b.data[i]!) > 20);

/** Takes another number of steps, which begins at once. */
export async function chooseSteps(page: Page, view: FrameLocator, steps: string): Promise<void> {
  await (await openMenu(view, "Recipe")).getByLabel("Steps").fill(steps);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
}

/** What stopped runs left in the engine's cache for the next one. */
export const pausedParts = (cache: string): readonly string[] =>
  fs
    .readdirSync(path.join(cache, "parts"))
    .filter((name) => !name.endsWith(".tmp"))
    .map((name) => path.join(cache, "parts", name));
