import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { readNpy } from "../../src/formats/numpy/npy.ts";
import { memorySource } from "../../src/formats/source.ts";
import { toFloat64 } from "../../src/tensor/tensor.ts";
import { lyingLength, wholeNumbers, unknownOperator } from "../files/onnx-file.ts";
import {
  allDone,
  card,
  choosePicture,
  crashEngine,
  enginesOf,
  explain,
  exported,
  openMenu,
  runIs,
} from "./explain-panel.ts";
import { hanging } from "./hanging.ts";
import { useGlassbox } from "./harness.ts";
import { ROOT } from "./installation.ts";
import { extensionStatePersisted } from "./persistence.ts";
import { magnitudes, orangeness, timesItsArea } from "./rocket-mass.ts";
import { canvasPixels, dropFile, dropText, webview } from "./webview.ts";
import { closeAllEditors, expandFolders, openFile, reload, runCommand } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));
const results = (): string[] => fs.readdirSync(path.join(cache, "answers"));

const model = "efficientnet-lite0.onnx";
const vision = path.join(ROOT, "samples/vision");
const glassbox = useGlassbox({
  from: "samples",
  files: {
    "truncated.onnx": fs.readFileSync(path.join(vision, model)).subarray(0, 5_000_000),
    "text.onnx": "This is no model, only text.\n".repeat(50),
    "broken.png": "not a picture",
    "lying.onnx": lyingLength(),
    "unknown.onnx": unknownOperator(),
    "whole.onnx": wholeNumbers(),
  },
});

test("right-click, pick the item, choose rocket.jpg: SmoothGrad lies on the rocket at least 2.5 times as much as its area", async () => {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await explain(page, model);
  const view = await choosePicture(page, "rocket.jpg");
  await allDone(view);
  assert.match(await view.locator(".classes").first().innerText(), /^missile/);
  const drawn = timesItsArea(orangeness(await canvasPixels(view, 'figure[data-method="smoothgrad"] canvas')));
  const file = await exported(page, view, "Values (NumPy)", path.join(glassbox.workspace, "rocket.npy"));
  const exact = timesItsArea(magnitudes(toFloat64(readNpy(memorySource("rocket.npy", file)))));
  console.log(
    `SmoothGrad mass on the rocket: ${exact.toFixed(2)} × its area in the exported values, ${drawn.toFixed(2)} × as drawn`,
  );
  assert.ok(exact >= 2.5 && drawn >= 2.5);
  const says = await card(view, "smoothgrad").locator(".says").innerText();
  assert.match(says, new RegExp(`^Rocket ${exact.toFixed(1)}× its share of the area`));
  await glassbox.screenshot("explain");
});

test("another target and another method give other maps, named in what is exported", async () => {
  const { page } = glassbox;
  const view = webview(page);
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
    (
      await exported(page, view, "Result with provenance (JSON)", path.join(glassbox.workspace, "shuttle.json"))
    ).toString(),
  ) as { provenance: { target: string; analysis: string } };
  assert.deepEqual([json.provenance.target, json.provenance.analysis], ["logit:812", "input-gradient"]);
  const csv = (await exported(page, view, "Values (CSV)", path.join(glassbox.workspace, "shuttle.csv")))
    .toString()
    .split("\n");
  assert.equal(csv[0], "row,column,channel 0,channel 1,channel 2");
  assert.equal(csv.length, 1 + 224 * 224 + 1);
  const png = await exported(page, view, "Picture (PNG)", path.join(glassbox.workspace, "shuttle.png"));
  assert.deepEqual(
    [...png.subarray(1, 4)],
    [..."PNG"].map((letter) => letter.charCodeAt(0)),
  );
  await (await openMenu(view, "Export")).getByText("Copy as command").click();
  await view.locator(".said", { hasText: "clipboard" }).waitFor();
  assert.match(
    await page.evaluate(() => navigator.clipboard.readText()),
    /^glassbox ask input-gradient .*efficientnet-lite0\.onnx --picture .*rocket\.jpg --target logit:812/,
  );
});

test("arrow keys read values, which are said; plus zooms all maps alike; the table says what the picture shows", async () => {
  const { page } = glassbox;
  const view = webview(page);
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

test("after a reload of the window the panel is back: model, picture, target, methods, zoom, all from the cache", async () => {
  const { page } = glassbox;
  const zoom = async (): Promise<string> => {
    const text = await (await openMenu(webview(page), "Look")).locator(".zoom .quiet").innerText();
    await page.keyboard.press("Escape");
    return text;
  };
  const zoomed = await zoom();
  assert.equal(zoomed, "225 %");
  // While a webview has the focus, VS Code on the web saves nothing of it: Glassbox does.
  await extensionStatePersisted(page, '"zoom":2.25');
  await extensionStatePersisted(page, '"style":"signed"');
  const known = results().length;
  await reload(page);
  const view = webview(page);
  await allDone(view, ["smoothgrad", "integrated-gradients", "grad-cam", "input-gradient"]);
  assert.match(await view.locator(".subject").innerText(), /^rocket\.jpg.*through.*efficientnet-lite0\.onnx$/s);
  assert.equal(await view.locator('.classes [aria-pressed="true"] .name').innerText(), "space shuttle");
  assert.equal(await view.locator("figure").first().getAttribute("data-method"), "input-gradient");
  assert.equal(await view.locator("#style").inputValue(), "signed");
  assert.equal(await zoom(), zoomed);
  assert.equal(results().length, known, "nothing was computed again");
});

test("a run that is cancelled keeps what it had, and can be run again", async () => {
  const { page } = glassbox;
  const view = webview(page);
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
  const { page } = glassbox;
  const view = webview(page);
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
  await glassbox.screenshot("explain-crash");
  await card(view, "smoothgrad").getByRole("button", { name: "Try again" }).click();
  await view.locator('figure[data-method="smoothgrad"][data-state="running"][data-map="true"]').waitFor();
  await view.getByText("Back to the defaults").click();
  await runIs(view, "smoothgrad", "done");
  assert.ok(enginesOf(cache).length === 1 && enginesOf(cache)[0] !== old);
});

test("a picture dropped on the panel is explained", async () => {
  const view = webview(glassbox.page);
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
  const view = webview(glassbox.page);
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
  await dropText(view, "main", { "text/uri-list": `file://${path.join(glassbox.workspace, "vision/coffee.png")}` });
  await view.locator(".subject", { hasText: "coffee.png" }).waitFor();
  assert.ok(await heard, "what the model sees is said");
  await dropText(view, "main", { "text/plain": "some words" });
  await view.locator(".said", { hasText: "What was dropped is no file" }).waitFor();
});

test("an image that is no image; models that are cut off, text, lying, unknown or no classifiers: a sentence in the panel, with what to do", async () => {
  const { page } = glassbox;
  const view = await choosePicture(page, "broken.png");
  const alert = (): Promise<string> => webview(page).getByRole("alert").first().innerText();
  await view.getByRole("alert").waitFor();
  const said = [await alert()];
  for (const file of ["truncated.onnx", "text.onnx", "lying.onnx", "unknown.onnx", "whole.onnx"]) {
    await closeAllEditors(page);
    await explain(page, file);
    await choosePicture(page, "rocket.jpg");
    await webview(page).getByRole("alert").waitFor();
    said.push(await alert());
  }
  console.log(said.join("\n---\n"));
  await glassbox.screenshot("explain-error");
  assert.match(said[0]!, /broken\.png/);
  assert.match(said[1]!, /truncated|ends|short|beyond/i);
  assert.match(said[2]!, /text|ONNX/);
  assert.match(said[3]!, /claims 2147483648 bytes/);
  assert.match(said[4]!, /Wobble/);
  assert.match(said[5]!, /no kind of output that is known here/s);
  for (const sentence of said) assert.doesNotMatch(sentence, /undefined|NaN|Error:|does not handle|\.ts:|\.mjs:/);
  await closeAllEditors(page);
});

test("the title of a model's own tab offers it as well", async () => {
  const { page } = glassbox;
  await openFile(page, model);
  await page.locator(".editor-actions").getByRole("button", { name: COMMANDS.explain.title }).click();
  await webview(page).locator(".subject").waitFor();
  await closeAllEditors(page);
});

test("the palette asks which model", async () => {
  const { page } = glassbox;
  await runCommand(page, "Glassbox: Explain a Prediction");
  await page.locator(".quick-input-widget .monaco-list-row", { hasText: model }).waitFor();
  await page.keyboard.press("Escape");
});
