import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { FrameLocator } from "playwright-core";
import { accessibilityViolations } from "./accessibility.ts";
import { allDone, card, choosePicture, explain, openMenu } from "./explain-panel.ts";
import { useGlassbox } from "./harness.ts";
import { pickTheme, THEMES } from "./themes.ts";
import { webview } from "./webview.ts";
import { expandFolders } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const glassbox = useGlassbox({ from: "samples" });

/** Buttons, fields and maps lower or narrower than 24 pixels, by their text; links inside a sentence may be as low as their line. */
const smallTargets = (view: FrameLocator): Promise<readonly string[]> =>
  view.locator("button, select, input:not([type=checkbox]), summary, label.check").evaluateAll((elements) =>
    elements.flatMap((element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 0 && (width < 24 || height < 23.9)
        ? [`${element.tagName} ${element.textContent} ${width} × ${height}`]
        : [];
    }),
  );

test("the empty panel offers pictures, and axe finds nothing wrong with it", async () => {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await explain(page, "efficientnet-lite0.onnx");
  await webview(page).locator(".pictures img").first().waitFor();
  assert.deepEqual(await accessibilityViolations(webview(page)), []);
  await glassbox.screenshot("explain-empty");
});

test("axe finds nothing wrong in four themes, with everything open that can be", async () => {
  const { page } = glassbox;
  const view = await choosePicture(page, "rocket.jpg");
  await allDone(view);
  await card(view, "smoothgrad").getByText("Table", { exact: true }).click();
  await view.getByText("Change…").click();
  await view.getByText("Explain another class…").click();
  await view.locator("summary", { hasText: "How it is computed" }).click();
  await view.locator("summary", { hasText: "About the model" }).click();
  await card(view, "smoothgrad").locator(".badge").click();
  await view.getByRole("searchbox").fill("cat");
  await view.locator("summary", { hasText: "Layers" }).click();
  for (const theme of THEMES) {
    await pickTheme(page, theme);
    await view.locator(`body.${theme.webview}`).waitFor();
    for (const menu of ["Methods", "Look", "Export"]) {
      await openMenu(view, menu);
      assert.deepEqual(await accessibilityViolations(view), [], `${theme.label}, ${menu}`);
    }
    await page.keyboard.press("Escape");
    assert.deepEqual(await smallTargets(view), [], theme.label);
  }
});

test("it looks right in four themes", async () => {
  const { page } = glassbox;
  const view = webview(page);
  await card(view, "smoothgrad").getByText("Hide table").click();
  await view.getByRole("button", { name: "Close", exact: true }).click();
  await view.locator(".search input").press("Escape");
  await view.locator("summary", { hasText: "Layers" }).click();
  await card(view, "smoothgrad").locator(".badge").click();
  for (const theme of [...THEMES].reverse()) {
    await pickTheme(page, theme);
    await view.locator(`body.${theme.webview}`).waitFor();
    await glassbox.screenshot(`explain-${theme.webview}`);
  }
});

test("from 320 pixels on nothing scrolls sideways", async () => {
  const { page } = glassbox;
  const view = webview(page);
  await page.keyboard.press("ControlOrMeta+b");
  for (const width of [320, 480, 700, 1000, 1400]) {
    // The activity bar and the borders take the rest.
    await page.setViewportSize({ width: width + 60, height: 1200 });
    await view
      .locator("main")
      .evaluate(
        (element) =>
          new Promise((settled) =>
            requestAnimationFrame(() => requestAnimationFrame(() => settled(element.clientWidth))),
          ),
      );
    const [inner, outer] = await view.locator("html").evaluate((root) => [root.scrollWidth, root.clientWidth]);
    assert.ok(inner! <= outer!, `${inner} in ${outer}`);
    await glassbox.screenshot(`explain-${width}`);
  }
});

if (process.env.GLASSBOX_SCREENSHOTS === "1") {
  test("the picture for the README", async () => {
    const { page } = glassbox;
    await pickTheme(page, THEMES[0]);
    await page.setViewportSize({ width: 1260, height: 860 });
    const view = webview(page);
    const map = card(view, "smoothgrad").locator("canvas");
    const { width, height } = (await map.boundingBox())!;
    // The tip of the rocket.
    await map.hover({ position: { x: 0.49 * width, y: 0.34 * height } });
    await view.locator(".tip", { hasText: "rank" }).waitFor();
    const file = path.join(process.env.GLASSBOX_ROOT!, "media", "screenshots", "explain.png");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await page
      .locator(".editor-instance, iframe.webview.ready")
      .filter({ visible: true })
      .last()
      .screenshot({ path: file });
  });
}
