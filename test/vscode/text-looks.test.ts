import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { accessibilityViolations } from "./accessibility.ts";
import { hangingWork } from "./hanging.ts";
import { useGlassbox } from "./harness.ts";
import { openWorkbench, settled, showView, smolLM } from "./text-panel.ts";
import { tinyCheckpoint } from "../tiny-checkpoint.ts";
import { pickTheme, THEMES } from "./themes.ts";
import { webview } from "./webview.ts";
import { closeAllEditors } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const glassbox = useGlassbox({ files: tinyCheckpoint() });
const views = [
  ["Next token", "next"],
  ["Attention", "attention"],
  ["Logit lens", "lens"],
  ["Attribution", "attribution"],
  ["Patching", "patching"],
] as const;

test("axe finds nothing wrong with any view in four themes", async () => {
  const { page } = glassbox;
  const view = await openWorkbench(page, "model.safetensors");
  for (const theme of [...THEMES].reverse()) {
    await pickTheme(page, theme);
    await view.locator(`body.${theme.webview}`).waitFor();
    for (const [tab, grid] of views) {
      await showView(view, tab);
      await view.locator(`[data-grid="${grid}"]`).waitFor();
      await settled(view);
      if (theme === THEMES[0]) await view.locator(".grid").getByText("Table", { exact: true }).first().click();
      assert.deepEqual(await accessibilityViolations(view), [], `${theme.label}, ${tab}`);
    }
    await glassbox.screenshot(`text-${theme.webview}`);
  }
});

test("from 320 pixels on no view scrolls sideways", async () => {
  const { page } = glassbox;
  const view = webview(page);
  await page.keyboard.press("ControlOrMeta+b");
  for (const width of [320, 480, 760, 1000, 1400]) {
    // The activity bar and the borders take the rest.
    await page.setViewportSize({ width: width + 60, height: 1000 });
    for (const [tab, grid] of views) {
      await showView(view, tab);
      await view.locator(`[data-grid="${grid}"]`).waitFor();
      const [inner, outer] = await view.locator("html").evaluate((root) => [root.scrollWidth, root.clientWidth]);
      assert.ok(inner! <= outer!, `${tab}: ${inner} in ${outer}`);
    }
    await glassbox.screenshot(`text-${width}`);
  }
});

test(
  "SmolLM2: John's drink goes to Mary, and patching names the token and the layers that carry it",
  { skip: smolLM() === undefined && "../shared/models is absent" },
  async () => {
    const { page } = glassbox;
    await closeAllEditors(page);
    await page.setViewportSize({ width: 1260, height: 900 });
    const file = "smollm2-135m-instruct-q4_1.gguf";
    fs.symlinkSync(smolLM()!, path.join(glassbox.workspace, file));
    await page.keyboard.press("ControlOrMeta+b");
    const opened = performance.now();
    const view = await openWorkbench(page, file);
    await view.locator('[data-grid="next"]').waitFor();
    console.log(
      `SmolLM2: ${((performance.now() - opened) / 1000).toFixed(1)} s from the right click to the next tokens, its store cold`,
    );
    await page.keyboard.press("ControlOrMeta+b");
    await settled(view);
    assert.match(
      await view.locator(".facts-column section", { hasText: "Read it" }).innerText(),
      /After “·to” the model gives “·Mary” 92\.\d %/,
    );
    for (const [tab, grid] of views) {
      await showView(view, tab);
      await view.locator(`[data-grid="${grid}"]`).waitFor();
      await settled(view, hangingWork);
      await glassbox.screenshot(`text-smollm2-${grid}`);
    }
    const says = view.locator(".facts-column section", { hasText: "Read it" });
    await says.filter({ hasText: "One state recovers at least half of the answer" }).waitFor();
    assert.match(
      await says.innerText(),
      /at “·John” \(position 9\) in layers 0 to \d+, then at “·to” \(position 13\) in layers \d+ to 29\./,
    );
    const outcomes = (await view.locator(".outcome strong").allInnerTexts()).map((text) =>
      Number(text.replace("−", "-")),
    );
    // transformers, float64: ·Mary − ·John.
    assert.ok(Math.abs(outcomes[0]! - 6.12) < 0.01 && Math.abs(outcomes[1]! + 5.49) < 0.01, `${outcomes.join(", ")}`);
    await view.getByLabel("What is patched").selectOption("head");
    await view.locator(".doing", { hasText: "Patching" }).waitFor();
    await view.getByRole("button", { name: "Cancel" }).click();
    await view.getByText("Stopped. What was known is kept.").waitFor();
    await view.getByLabel("What is patched").selectOption("resid_pre");
    await settled(view);
    if (process.env.GLASSBOX_SCREENSHOTS !== "1") return;
    await pickTheme(page, THEMES[0]);
    await view.locator('[data-grid="patching"]').focus();
    for (const key of [
      "End",
      "End",
      ...Array<string>(4).fill("Shift+ArrowUp"),
      ...Array<string>(4).fill("ArrowUp"),
      "Enter",
    ])
      await page.keyboard.press(key);
    const picture = path.join(process.env.GLASSBOX_ROOT!, "media", "screenshots", "text.png");
    fs.mkdirSync(path.dirname(picture), { recursive: true });
    await page.locator("iframe.webview.ready").filter({ visible: true }).last().screenshot({ path: picture });
  },
);
