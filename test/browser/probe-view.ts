import type { FrameLocator } from "playwright-core";
import { openMenu } from "./explain-view.ts";
import { hangingWork } from "./hanging.ts";

/** Resolves when the run of the probe panel is in the state, e.g. "done". */
export const probeRuns = (view: FrameLocator, state: string, timeout = hangingWork): Promise<void> =>
  view.locator(`main[data-run="${state}"]`).waitFor({ timeout });

/** Takes the sites by the menu, as a person does: filter, tick, take over. */
export async function chooseSites(view: FrameLocator, sites: readonly string[]): Promise<void> {
  const menu = await openMenu(view, "sites");
  while ((await menu.locator(".sites input:checked").count()) > 0)
    await menu.locator(".sites input:checked").first().uncheck();
  for (const site of sites) {
    await menu.getByRole("searchbox").fill(site);
    await menu
      .locator(".sites label")
      .filter({ has: view.getByText(site, { exact: true }) })
      .first()
      .locator("input")
      .check();
  }
  await menu.getByRole("searchbox").fill("");
  await menu.getByRole("button", { name: new RegExp(`Probe ${sites.length} site`) }).click();
}
