import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import type { FrameLocator } from "playwright-core";
import { analysisCards } from "../../src/methods/table.ts";
import type { Result } from "../../src/protocol/result.ts";
import { canvasPixels } from "../browser/canvas.ts";
import { tinyCheckpoint } from "../tiny-checkpoint.ts";
import { exported } from "./exported.ts";
import { usePanels } from "./harness.ts";
import { inAllLooks } from "./looks.ts";

const panels = usePanels({ from: "samples", files: tinyCheckpoint() });

async function openPanel(model: string): Promise<FrameLocator> {
  const view = await panels.open("ask", model);
  await view.locator("#analysis").waitFor();
  return view;
}

const answered = (view: FrameLocator): Promise<void> => view.locator('main[data-state="done"]').waitFor();

test("an analysis of a picture is described, then asked, and answers in lines", async () => {
  const view = await openPanel("vision/efficientnet-lite0.onnx");
  assert.deepEqual(
    await view
      .locator("#analysis optgroup")
      .evaluateAll((groups) => groups.map((group) => group.getAttribute("label"))),
    [...new Set(analysisCards.filter(({ takes }) => takes !== "prompt").map(({ family }) => family))],
  );
  await view.getByLabel("Analysis").selectOption("prediction");
  await view.locator(".about").waitFor();
  assert.ok(await view.getByRole("button", { name: "Ask", exact: true }).isDisabled(), "the picture is missing");
  await panels.screenshot("ask-about");
  await view.getByLabel("Picture").selectOption({ label: "chelsea.png (vision)" });
  await view.getByRole("button", { name: "Ask", exact: true }).click();
  await answered(view);
  assert.match(await view.locator(".lines").innerText(), /^\s*Egyptian cat\s+3\d\.\d/);
  await inAllLooks(panels, "ask-lines");
});

test("an analysis of a prompt answers with a grid: by keyboard, in the table and in the export the same numbers", async () => {
  const { page } = panels;
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
  const csv = (await exported(view, "Values (CSV)", path.join(panels.workspace, "lens.csv"))).toString();
  const written = Number(csv.split("\n")[1]!.split(",").at(1));
  assert.equal(
    Number(written.toPrecision(7)),
    Number(exact),
    "the panel shows what float32 holds, the file all digits",
  );
  const json = JSON.parse(
    (await exported(view, "Result with provenance (JSON)", path.join(panels.workspace, "lens.json"))).toString(),
  ) as Result;
  assert.deepEqual([json.provenance.analysis, json.provenance.subject.kind], ["logit-lens", "prompt"]);
  await inAllLooks(panels, "ask-grid");
});
