import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { tinyCheckpoint } from "../tiny-checkpoint.ts";
import { usePanels } from "./harness.ts";
import { inAllLooks } from "./looks.ts";

const ROOT = process.env.GLASSBOX_ROOT!;
const panels = usePanels({
  from: "samples",
  files: {
    ...tinyCheckpoint(),
    "multilabel.onnx": fs.readFileSync(path.join(ROOT, "test", "contract", "multilabel.onnx")),
    "lite.tflite": new Uint8Array([28, 0, 0, 0, ...Buffer.from("TFL3"), ...new Array<number>(64).fill(0)]),
  },
});
const widths = [320, 700, 1400];
const facts = (): Promise<string> => panels.view.locator(".overview .facts").first().innerText();

test("a network: what it is, how that is known, and the panels that fit it", async () => {
  const view = await panels.open("inspect", "vision/efficientnet-lite0.onnx");
  await view.getByRole("heading", { level: 1, name: "efficientnet-lite0.onnx" }).waitFor();
  await view.locator(".starts li").first().waitFor();
  assert.deepEqual(await view.locator(".starts button").allInnerTexts(), [
    "Explain a prediction",
    "Look at units",
    "Probe layers",
    "Ask an analysis",
  ]);
  assert.match(await facts(), /Format\s+ONNX.*File\s+9\.\d+ MB.*Parameters\s+4,\d{3},\d{3}.*Input .*224 × 224/s);
  assert.match(await view.locator(".contract").innerText(), /scores of 1,000 classes/);
  await view.locator("summary", { hasText: "Class names" }).click();
  await view.getByLabel("Search class names").fill("tiger cat");
  assert.deepEqual(await view.getByRole("list", { name: "Class names" }).getByRole("listitem").allInnerTexts(), [
    "tiger cat\nclass 282",
  ]);
  await view.locator("summary", { hasText: "Class names" }).click();
});

test("the page of a network in all looks", () => inAllLooks(panels, "inspect", { widths }));

test("sites are searched, remembered, and open their units", async () => {
  const { view } = panels;
  const sites = view.getByRole("list", { name: "Sites" }).getByRole("listitem");
  const all = await sites.count();
  const last = await sites.last().locator("code").innerText();
  await view.getByLabel("Search sites").fill("no such site");
  await view.getByText("Nothing has “no such site” in it.").waitFor();
  await view.getByLabel("Search sites").fill(last);
  assert.ok((await sites.count()) < all);
  await view.getByLabel("Search sites").fill("Conv");
  const site = await sites.locator("button").first().innerText();
  assert.match(await sites.first().innerText(), /batch 1 × channel \d+ × row \d+ × column \d+/);
  await panels.saved('"search":"Conv"');
  await sites.locator("button").first().click();
  const units = await panels.showLast("unit");
  await units.locator(".layer").waitFor();
  assert.equal(await units.locator("#site").inputValue(), site);
});

test("a panel that fits opens on the same model", async () => {
  const view = await panels.open("inspect", "vision/efficientnet-lite0.onnx");
  await view.getByRole("button", { name: "Explain a prediction" }).click();
  const explain = await panels.showLast("explain");
  await explain
    .getByRole("heading", { level: 1, name: "Explain a prediction of efficientnet-lite0.onnx" })
    .waitFor({ state: "attached" });
});

test("a correction is written next to the model, and the page says what is known now", async () => {
  const view = await panels.open("inspect", "multilabel.onnx");
  await view.locator(".contract", { hasText: "independent scores of 5 classes" }).waitFor();
  await view.getByLabel("The output is").selectOption("classes");
  await view.locator(".contract", { hasText: "scores of 5 classes, one of which is right" }).waitFor();
  const written = fs.readFileSync(path.join(panels.workspace, "multilabel.glassbox.json"), "utf8");
  assert.deepEqual(JSON.parse(written), { kind: "classes" });
});

test("a checkpoint is read from its header, and leads to the text workbench", async () => {
  const view = await panels.open("inspect", "model.safetensors");
  await view.locator(".starts li").first().waitFor();
  assert.deepEqual(await view.locator(".starts button").allInnerTexts(), [
    "Open in the text workbench",
    "Ask an analysis",
  ]);
  assert.match(await facts(), /Layers\s+2.*Heads\s+6/s);
  assert.ok((await view.getByRole("list", { name: "Sites" }).getByRole("listitem").count()) > 10);
  await inAllLooks(panels, "inspect-checkpoint", { widths });
  await view.getByRole("button", { name: "Open in the text workbench" }).click();
  await panels.showLast("text");
});

test("a file that does not run is called what it is, with what to do", async () => {
  const view = await panels.open("inspect", "lite.tflite");
  await view.locator(".failed").waitFor();
  const words = await view.locator("main").innerText();
  assert.match(words, /TensorFlow Lite model/);
  assert.match(words, /tf2onnx/);
  await inAllLooks(panels, "inspect-refused", { widths });
});
