import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { allDone, card, choosePicture, runIs } from "../browser/explain-view.ts";
import { usePanels } from "./harness.ts";

/** A third party's export: float16 inputs, a softmax at its end, and BGR preprocessing that the file does not mention. */
const file = path.join(process.env.GLASSBOX_ROOT!, "..", "shared", "models", "squeezenet1.0-imagenet-fp16.onnx");
const skip = fs.existsSync(file) ? false : `${path.basename(file)} is not here`;
const model = "squeezenet.onnx";
const panels = usePanels({ from: "samples", files: skip ? {} : { [model]: fs.readFileSync(file) } });

test("a foreign model works: its preprocessing is found, and the cat is a cat", { skip }, async () => {
  const view = await panels.open("explain", model);
  await choosePicture(view, "chelsea.png");
  await runIs(view, "grad-cam", "done");
  assert.match(await view.locator(".classes").first().innerText(), /^(tiger cat|Egyptian cat)/);
  const fed = await view.locator(".facts").first().innerText();
  assert.match(fed, /BGR, 0 to 255.*104, 117, 123.*trying the usual conventions/s);
  await panels.screenshot("explain-foreign");
});

test("another layer for Grad-CAM gives another grid", { skip }, async () => {
  const { view } = panels;
  const before = await card(view, "grad-cam").locator(".badge").innerText();
  await card(view, "grad-cam").locator(".badge").click();
  await view.locator("summary", { hasText: "How it is computed" }).click();
  const layers = view.getByRole("combobox", { name: "Layer" });
  const coarse = await layers
    .locator("option")
    .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value).at(-1));
  await layers.selectOption(coarse!);
  await card(view, "grad-cam")
    .locator(".note", { hasText: `at ${coarse}` })
    .waitFor();
  assert.notEqual(await card(view, "grad-cam").locator(".badge").innerText(), before);
});

test(
  "preprocessing that a person changes is used, shown and remembered, until it is to be found again",
  { skip },
  async () => {
    const { view } = panels;
    const fed = view.locator(".facts").first();
    await view.getByText("Change…").click();
    await view.getByLabel("Channel order").selectOption("RGB");
    await view.getByRole("button", { name: "Use and remember" }).click();
    await fed.filter({ hasText: "your choice" }).waitFor();
    assert.match(await fed.innerText(), /RGB, 0 to 255.*channels first/s);
    // What comes above the form moves it, and a click beside it would close it.
    await allDone(view);
    await view.getByText("Change…").click();
    await view.getByLabel("Crop width").fill("200");
    await view.getByRole("button", { name: "Use and remember" }).click();
    await view.locator(".said", { hasText: "the preprocessing makes [1, 3, 224, 200]" }).waitFor();
    assert.doesNotMatch(await fed.innerText(), /200/, "what does not fit is not remembered");
    await view.getByText("Change…").click();
    await view.getByRole("button", { name: "Find it again" }).click();
    await fed.filter({ hasText: "BGR" }).waitFor();
  },
);
