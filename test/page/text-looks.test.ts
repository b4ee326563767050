import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { hangingWork } from "../browser/hanging.ts";
import { settled, showView } from "../browser/text-view.ts";
import { tinyCheckpoint } from "../tiny-checkpoint.ts";
import { usePanels } from "./harness.ts";
import { drawn, noSidewaysScroll } from "./looks.ts";
import { THEMES } from "./themes.ts";

const ROOT = process.env.GLASSBOX_ROOT!;
const panels = usePanels({ files: tinyCheckpoint() });
const views = [
  ["Next token", "next"],
  ["Attention", "attention"],
  ["Logit lens", "lens"],
  ["Attribution", "attribution"],
  ["Patching", "patching"],
] as const;

test("axe finds nothing wrong with any view in four themes, and from 320 pixels on none scrolls sideways", async () => {
  const view = await panels.open("text", "model.safetensors");
  for (const [tab, grid] of views) {
    await showView(view, tab);
    await view.locator(`[data-grid="${grid}"]`).waitFor();
    await settled(view);
    for (const width of [320, 480, 760, 1000, 1400]) {
      await panels.width(width, 1000);
      await noSidewaysScroll(view, `${tab}, ${width}`);
      await panels.screenshot(`text-${grid}-${width}`);
    }
    await view.locator(".grid").getByText("Table", { exact: true }).first().click();
    for (const theme of THEMES) {
      await panels.theme(theme);
      for (const width of [320, 1400]) {
        await panels.width(width, 1000);
        await drawn(view);
        assert.deepEqual(await accessibilityViolations(view), [], `${tab}, ${theme.label}, ${width}`);
      }
      await panels.screenshot(`text-${grid}-${theme.body}`);
    }
    await panels.theme(THEMES[0]);
  }
});

/** The real checkpoint, where it was fetched. */
const smolLM = path.join(ROOT, "../shared/models/smollm2-135m-instruct-q4_1.gguf");
const skip = fs.existsSync(smolLM) ? false : `${path.basename(smolLM)} is not here`;

test(
  "SmolLM2: John's drink goes to Mary, and patching names the token and the layers that carry it",
  { skip },
  async () => {
    const { page } = panels;
    await panels.width(1212);
    const opened = performance.now();
    const view = await panels.open("text", smolLM);
    await view.locator('[data-grid="next"]').waitFor();
    console.log(
      `SmolLM2: ${((performance.now() - opened) / 1000).toFixed(1)} s until the next tokens are drawn, its store cold`,
    );
    await settled(view);
    assert.match(
      await view.locator(".facts-column section", { hasText: "Read it" }).innerText(),
      /After “·to” the model gives “·Mary” 92\.\d %/,
    );
    for (const [tab, grid] of views) {
      await showView(view, tab);
      await view.locator(`[data-grid="${grid}"]`).waitFor();
      await settled(view, hangingWork);
      await panels.screenshot(`text-smollm2-${grid}`);
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
    await view.locator('[data-grid="patching"]').focus();
    for (const key of [
      "End",
      "End",
      ...Array<string>(4).fill("Shift+ArrowUp"),
      ...Array<string>(4).fill("ArrowUp"),
      "Enter",
    ])
      await page.keyboard.press(key);
    const picture = path.join(ROOT, "media", "screenshots", "text.png");
    fs.mkdirSync(path.dirname(picture), { recursive: true });
    await page.screenshot({ path: picture });
  },
);
