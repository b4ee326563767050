import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { readNpy } from "../../src/formats/numpy/npy.ts";
import { memorySource } from "../../src/formats/source.ts";
import { toFloat64 } from "../../src/tensor/tensor.ts";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { canvasPixels } from "../browser/canvas.ts";
import { dropFile, dropText } from "../browser/drop.ts";
import { crashEngine, enginesOf } from "../browser/engine-processes.ts";
import { allDone, card, choosePicture, openMenu, runIs } from "../browser/explain-view.ts";
import { hanging } from "../browser/hanging.ts";
import { magnitudes, orangeness, timesItsArea } from "../browser/rocket-mass.ts";
import { lyingLength, wholeNumbers, unknownOperator } from "../files/onnx-file.ts";
import { copied, exported, isPng } from "./exported.ts";
import { usePanels } from "./harness.ts";
import { drawn, inAllLooks } from "./looks.ts";
import { THEMES } from "./themes.ts";

const model = "vision/efficientnet-lite0.onnx";
const vision = path.join(process.env.GLASSBOX_ROOT!, "samples/vision");
const panels = usePanels({
  from: "samples",
  files: {
    "truncated.onnx": fs.readFileSync(path.join(vision, path.basename(model))).subarray(0, 5_000_000),
    "text.onnx": "This is no model, only text.\n".repeat(50),
    "broken.png": "not a picture",
    "lying.onnx": lyingLength(),
    "unknown.onnx": unknownOperator(),
    "whole.onnx": wholeNumbers(),
  },
});

/** Buttons, fields and maps lower or narrower than 24 pixels, by their text; links inside a sentence may be as low as their line. */
const smallTargets = (): Promise<readonly string[]> =>
  panels.view.locator("button, select, input:not([type=checkbox]), summary, label.check").evaluateAll((elements) =>
    elements.flatMap((element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 0 && (width < 24 || height < 23.9)
        ? [`${element.tagName} ${element.textContent} ${width} × ${height}`]
        : [];
    }),
  );

test("the empty panel offers pictures, and axe finds nothing wrong with it", async () => {
  const view = await panels.open("explain", model);
  await view.locator(".pictures img").first().waitFor();
  const widths = await view
    .locator(".pictures img")
    .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
  assert.ok(widths.length >= 3 && widths.some((width) => width > 0), "pictures of the workspace may be loaded");
  assert.deepEqual(await accessibilityViolations(view), []);
  await panels.screenshot("explain-empty");
});

test("SmoothGrad lies on the rocket at least 2.5 times as much as its area: as drawn, as exported, as said", async () => {
  const { view } = panels;
  await choosePicture(view, "rocket.jpg");
  await allDone(view);
  assert.match(await view.locator(".classes").first().innerText(), /^missile/);
  const drawn = timesItsArea(orangeness(await canvasPixels(view, 'figure[data-method="smoothgrad"] canvas')));
  const file = await exported(view, "Values (NumPy)", path.join(panels.workspace, "rocket.npy"));
  const exact = timesItsArea(magnitudes(toFloat64(readNpy(memorySource("rocket.npy", file)))));
  console.log(
    `SmoothGrad mass on the rocket: ${exact.toFixed(2)} × its area in the exported values, ${drawn.toFixed(2)} × as drawn`,
  );
  assert.ok(exact >= 2.5 && drawn >= 2.5);
  const says = await card(view, "smoothgrad").locator(".says").innerText();
  assert.match(says, new RegExp(`^Rocket ${exact.toFixed(1)}× its share of the area`));
});

test("another target and another method give other maps, named in what is exported", async () => {
  const { page, view, workspace } = panels;
  const before = await canvasPixels(view, 'figure[data-method="smoothgrad"] canvas');
  await view.getByText("Explain another class…").click();
  await view.getByRole("searchbox").fill("space shut");
  await view.locator(".search button", { hasText: "space shuttle" }).click();
  await allDone(view);
  assert.equal(await view.locator('.classes [aria-pressed="true"] .name').innerText(), "space shuttle");
  const after = await canvasPixels(view, 'figure[data-method="smoothgrad"] canvas');
  assert.ok(after.data.some((value, i) => Math.abs(value - before.data[i]!) > 20));
  await (await openMenu(view, "Methods")).getByText("Gradient × input").click();
  await page.keyboard.press("Escape");
  await runIs(view, "input-gradient", "done");
  await card(view, "input-gradient").getByText("Larger").click();
  const json = JSON.parse(
    (await exported(view, "Result with provenance (JSON)", path.join(workspace, "shuttle.json"))).toString(),
  ) as { provenance: { target: string; analysis: string } };
  assert.deepEqual([json.provenance.target, json.provenance.analysis], ["logit:812", "input-gradient"]);
  const csv = (await exported(view, "Values (CSV)", path.join(workspace, "shuttle.csv"))).toString().split("\n");
  assert.equal(csv[0], "row,column,channel 0,channel 1,channel 2");
  assert.equal(csv.length, 1 + 224 * 224 + 1);
  assert.ok(isPng(await exported(view, "Picture (PNG)", path.join(workspace, "shuttle.png"))));
  assert.match(
    await copied(view, "Copy as command"),
    /^glassbox ask input-gradient .*efficientnet-lite0\.onnx --picture .*rocket\.jpg --target logit:812/,
  );
});

test("arrow keys read values, which are said; plus zooms all maps alike; the table says what the picture shows", async () => {
  const { page, view } = panels;
  const map = card(view, "smoothgrad").locator("canvas");
  await map.focus();
  await page.keyboard.press("Home");
  const live = view.locator("#reading");
  await live.filter({ hasText: "rank 1 of 50176" }).waitFor({ state: "attached" });
  assert.match((await live.textContent()) ?? "", /^x \d+, y \d+ · 1\.00 of the top/);
  await page.keyboard.press("ArrowRight");
  await live.filter({ hasText: /rank (?!1 )\d+ of 50176/ }).waitFor({ state: "attached" });
  for (let i = 0; i < 2; i++) await page.keyboard.press("+");
  await view.getByText("Whole picture").waitFor();
  assert.equal(await (await openMenu(view, "Look")).locator(".zoom .quiet").innerText(), "225 %");
  await page.keyboard.press("Escape");
  await card(view, "smoothgrad").getByText("Table", { exact: true }).click();
  const rows = card(view, "smoothgrad").locator("tbody tr");
  assert.equal(await rows.count(), 10);
  await card(view, "smoothgrad").getByText("Hide table").click();
  assert.match(
    (await map.getAttribute("aria-label")) ?? "",
    /^SmoothGrad\. Rocket .* Half of it lies on .* Arrow keys/,
  );
  await map.focus();
  await page.keyboard.press("2");
  assert.equal(await view.locator("#style").inputValue(), "signed");
});

test("restored, the panel is what it was: model, picture, target, methods, look, zoom, all from the cache", async () => {
  const answers = (): number => fs.readdirSync(path.join(panels.cache, "answers")).length;
  const known = answers();
  // The last of what it shows is told when it has settled.
  await panels.saved('"style":"signed"');
  const view = await panels.restore();
  await allDone(view, ["smoothgrad", "integrated-gradients", "grad-cam", "input-gradient"]);
  assert.match(await view.locator(".subject").innerText(), /^rocket\.jpg.*through.*efficientnet-lite0\.onnx$/s);
  assert.equal(await view.locator('.classes [aria-pressed="true"] .name').innerText(), "space shuttle");
  assert.equal(await view.locator("figure").first().getAttribute("data-method"), "input-gradient");
  assert.equal(await view.locator("#style").inputValue(), "signed");
  assert.equal(await (await openMenu(view, "Look")).locator(".zoom .quiet").innerText(), "225 %");
  await panels.page.keyboard.press("Escape");
  assert.equal(answers(), known, "nothing was computed again");
});

test("a run that is cancelled keeps what it had, and can be run again", async () => {
  const { view } = panels;
  await card(view, "smoothgrad").getByText("Larger").click();
  await view.locator("summary", { hasText: "How it is computed" }).click();
  const samples = view.getByLabel("Samples");
  await samples.fill("1000");
  await samples.press("Enter");
  await view.locator('figure[data-method="smoothgrad"][data-state="running"][data-map="true"]').waitFor();
  assert.match(await card(view, "smoothgrad").locator(".note").innerText(), /^\d+ of ≤ 1000$/);
  await view.getByRole("button", { name: "Cancel" }).click();
  await runIs(view, "smoothgrad", "cancelled");
  assert.equal(await card(view, "smoothgrad").getAttribute("data-map"), "true");
  assert.equal(await card(view, "smoothgrad").locator(".note").innerText(), "stopped early");
  await view.getByText("Back to the defaults").click();
  await runIs(view, "smoothgrad", "done");
});

test("if the engine crashes the panel says so, and trying again starts it anew", async () => {
  const { view, cache } = panels;
  const samples = view.getByLabel("Samples");
  await samples.fill("900");
  await samples.press("Enter");
  await view.locator('figure[data-method="smoothgrad"][data-state="running"][data-map="true"]').waitFor();
  const [old] = enginesOf(cache);
  await crashEngine(cache);
  await runIs(view, "smoothgrad", "failed");
  assert.match(
    await card(view, "smoothgrad").getByRole("alert").innerText(),
    /The engine stopped unexpectedly.*Try again/s,
  );
  await panels.screenshot("explain-crash");
  await card(view, "smoothgrad").getByRole("button", { name: "Try again" }).click();
  await view.locator('figure[data-method="smoothgrad"][data-state="running"][data-map="true"]').waitFor();
  await view.getByText("Back to the defaults").click();
  await runIs(view, "smoothgrad", "done");
  assert.ok(enginesOf(cache).length === 1 && enginesOf(cache)[0] !== old);
});

test("a picture dropped on the panel is explained", async () => {
  const { view } = panels;
  await dropFile(view, "main", {
    name: "my cat.png",
    type: "image/png",
    bytes: fs.readFileSync(path.join(vision, "chelsea.png")),
  });
  await view.locator(".subject", { hasText: "my cat.png" }).waitFor();
  await runIs(view, "grad-cam", "done");
  assert.match(await view.locator(".classes").first().innerText(), /^Egyptian cat/);
  assert.doesNotMatch(
    await card(view, "grad-cam").locator(".says").innerText(),
    /share of the area/,
    "no mask, no claim",
  );
});

test("a file dropped from VS Code's explorer is named, not sent; what is no file is said to be none", async () => {
  const { view } = panels;
  // A map that is done a moment later takes the words' place, so that they are written down as they come.
  const heard = view.locator("#heard").evaluate(
    (element, limit) =>
      new Promise<boolean>((resolve) => {
        new MutationObserver(() => /The model sees espresso/.test(element.textContent ?? "") && resolve(true)).observe(
          element,
          { childList: true, characterData: true, subtree: true },
        );
        setTimeout(() => resolve(false), limit);
      }),
    hanging,
  );
  await dropText(view, "main", { "text/uri-list": `file://${path.join(panels.workspace, "vision/coffee.png")}` });
  await view.locator(".subject", { hasText: "coffee.png" }).waitFor();
  assert.ok(await heard, "what the model sees is said");
  await dropText(view, "main", { "text/plain": "some words" });
  await view.locator(".said", { hasText: "What was dropped is no file" }).waitFor();
});

test("an image that is no image; models that are cut off, text, lying, unknown or no classifiers: a sentence in the panel, with what to do", async () => {
  const alert = async (): Promise<string> => panels.view.getByRole("alert").first().innerText();
  await choosePicture(panels.view, "broken.png");
  const said = [await alert()];
  for (const file of ["truncated.onnx", "text.onnx", "lying.onnx", "unknown.onnx", "whole.onnx"]) {
    await choosePicture(await panels.open("explain", file), "rocket.jpg");
    said.push(await alert());
  }
  console.log(said.join("\n---\n"));
  await panels.screenshot("explain-error");
  assert.match(said[0]!, /broken\.png/);
  assert.match(said[1]!, /truncated|ends|short|beyond/i);
  assert.match(said[2]!, /text|ONNX/);
  assert.match(said[3]!, /claims 2147483648 bytes/);
  assert.match(said[4]!, /Wobble/);
  assert.match(said[5]!, /no kind of output that is known here/s);
  for (const sentence of said) assert.doesNotMatch(sentence, /undefined|NaN|Error:|does not handle|\.ts:|\.mjs:/);
});

test("axe finds nothing wrong in four themes, with everything open that can be", async () => {
  const { page } = panels;
  const view = await panels.open("explain", model, { picture: path.join(panels.workspace, "vision/rocket.jpg") });
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
    await panels.theme(theme);
    for (const menu of ["Methods", "Look", "Export"]) {
      await openMenu(view, menu);
      await drawn(view);
      assert.deepEqual(await accessibilityViolations(view), [], `${theme.label}, ${menu}`);
    }
    await page.keyboard.press("Escape");
    assert.deepEqual(await smallTargets(), [], theme.label);
  }
});

test("it looks right in four themes, and from 320 pixels on nothing scrolls sideways", async () => {
  const { view } = panels;
  await card(view, "smoothgrad").getByText("Hide table").click();
  await view.getByRole("button", { name: "Close", exact: true }).click();
  await view.locator(".search input").press("Escape");
  await view.locator("summary", { hasText: "Layers" }).click();
  await card(view, "smoothgrad").locator(".badge").click();
  await inAllLooks(panels, "explain", { widths: [320, 480, 700, 1000, 1400] });
});

test("the panel lists the model's layers: of one, a unit opens, and the grid of its units", async () => {
  const explain = async () => {
    const view = await panels.open("explain", model);
    await choosePicture(view, "rocket.jpg");
    await runIs(view, "grad-cam", "done");
    const layers = view.locator("details", { has: panels.page.locator("text=Layers") }).last();
    await layers.locator("summary").click();
    return layers;
  };
  const layers = await explain();
  assert.ok((await layers.locator("li").count()) > 50, "all of them are there");
  await layers.getByRole("searchbox").fill("_blocks.4.");
  await layers.getByLabel("Channel", { exact: true }).fill("3");
  const [site = ""] = await layers.locator("li code").allInnerTexts();
  assert.match(site, /_blocks\.4\./);
  await layers.scrollIntoViewIfNeeded();
  await panels.screenshot("explain-layers");
  await layers.getByRole("button", { name: `Unit 3 of ${site}`, exact: true }).click();
  const unit = await panels.showLast("unit");
  await unit.locator('.growth[data-state="running"]').waitFor();
  assert.deepEqual(
    [await unit.locator("#site").inputValue(), await unit.locator("#channel").inputValue()],
    [site, "3"],
  );
  panels.close();

  await (await explain()).getByRole("button", { name: new RegExp(`^All \\d+ of ${site}$`) }).click();
  const grid = await panels.showLast("unit");
  await grid.locator(".layer li").nth(11).waitFor();
  assert.equal(await grid.locator("#site").inputValue(), site);
  assert.equal(await grid.locator(".layer li").count(), 12);
  panels.close();
});
