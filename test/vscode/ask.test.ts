import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { FrameLocator } from "playwright-core";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import type { Result } from "../../src/protocol/result.ts";
import { tinyCheckpoint } from "../tiny-checkpoint.ts";
import { exported } from "./explain-panel.ts";
import { useGlassbox } from "./harness.ts";
import { inAllLooks } from "./looks.ts";
import { editorStatePersisted } from "./persistence.ts";
import { canvasPixels, webview } from "./webview.ts";
import { quickPick, runCommand } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const { title, category } = COMMANDS.askAnalysis;
const glassbox = useGlassbox({ from: "samples", files: tinyCheckpoint() });

/** Opens the panel from the palette, on a model of the workspace. */
async function openPanel(model: string): Promise<FrameLocator> {
  await runCommand(glassbox.page, `${category}: ${title}`);
  await quickPick(glassbox.page, model).click();
  const view = webview(glassbox.page);
  await view.locator("#analysis").waitFor();
  return view;
}

const answered = (view: FrameLocator): Promise<void> => view.locator('main[data-state="done"]').waitFor();

const widths = [370, 1440];

test("palette, model: an analysis of a picture is described, then asked, and answers in lines", async () => {
  const view = await openPanel("efficientnet-lite0.onnx");
  assert.deepEqual(
    await view
      .locator("#analysis optgroup")
      .evaluateAll((groups) => groups.map((group) => group.getAttribute("label"))),
    ["prediction", "attribution", "evaluation", "probing", "visualization"],
  );
  await view.getByLabel("Analysis").selectOption("prediction");
  await view.locator(".about").waitFor();
  assert.ok(await view.getByRole("button", { name: "Ask", exact: true }).isDisabled(), "the picture is missing");
  await glassbox.screenshot("ask-about");
  await view.getByLabel("Picture").selectOption({ label: "chelsea.png (vision)" });
  await view.getByRole("button", { name: "Ask", exact: true }).click();
  await answered(view);
  assert.match(await view.locator(".lines").innerText(), /^\s*Egyptian cat\s+3\d\.\d/);
  await inAllLooks(glassbox, "ask-lines", { widths });
});

test("an analysis of a prompt answers with a grid: by keyboard, in the table and in the export the same numbers", async () => {
  const { page } = glassbox;
  const view = await openPanel("model.safetensors");
  await view.getByLabel("Analysis").selectOption("logit-lens");
  await view.getByLabel("Prompt", { exact: true }).fill("When Mary and John went to the store");
  await view.getByRole("button", { name: "Ask", exact: true }).click();
  await answered(view);
  const { data } = await canvasPixels(view, '[data-grid="answer"]');
  assert.ok(new Set(data).size > 16, "the grid is drawn");
  await view.locator('[data-grid="answer"]').focus();
  for (const key of ["Home", "PageUp", "Enter"]) await page.keyboard.press(key);
  const reading = await view.locator(".reading", { hasText: /^layer 0, token 0:·When: / }).innerText();
  const shown = reading.replace(/^.*: /, "");
  await view.locator(".grid").getByText("Table", { exact: true }).click();
  assert.equal(await view.locator(".grid tbody tr").first().locator("td").first().innerText(), shown);
  const exact = await view
    .locator(".facts dt", { hasText: /^probability$/ })
    .locator("+ dd")
    .innerText();
  assert.equal(Number(exact).toPrecision(3), Number(shown).toPrecision(3));
  const csv = (await exported(page, view, "Values (CSV)", path.join(glassbox.workspace, "lens.csv"))).toString();
  const written = Number(csv.split("\n")[1]!.split(",").at(1));
  assert.equal(
    Number(written.toPrecision(7)),
    Number(exact),
    "the panel shows what float32 holds, the file all digits",
  );
  const json = JSON.parse(
    (
      await exported(page, view, "Result with provenance (JSON)", path.join(glassbox.workspace, "lens.json"))
    ).toString(),
  ) as Result;
  assert.deepEqual([json.provenance.analysis, json.provenance.subject.kind], ["logit-lens", "prompt"]);
  await inAllLooks(glassbox, "ask-grid", { widths });
});

test("after a reload the question and its answer are back", async () => {
  const { page } = glassbox;
  await editorStatePersisted(page, "When Mary and John went");
  // The panel is what counts: whether the side bar's last state was persisted by now is VS Code's own matter.
  await page.reload();
  const view = webview(page);
  await answered(view);
  await view.locator('[data-grid="answer"]').waitFor();
  assert.equal(await view.getByLabel("Prompt", { exact: true }).inputValue(), "When Mary and John went to the store");
});
