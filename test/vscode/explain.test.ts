import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { allDone, card, choosePicture, openMenu } from "../browser/explain-view.ts";
import { explain, exported } from "./explain-panel.ts";
import { useGlassbox } from "./harness.ts";
import { extensionStatePersisted } from "./persistence.ts";
import { webview, webviewWith } from "./webview.ts";
import { closeAllEditors, expandFolders, openFile, reload, runCommand } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));
const results = (): string[] => fs.readdirSync(path.join(cache, "answers"));

const model = "efficientnet-lite0.onnx";
const glassbox = useGlassbox({ from: "samples" });

test("right-click, pick the item, choose rocket.jpg: it is explained, and axe finds nothing wrong", async () => {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await explain(page, model);
  const view = webview(page);
  await choosePicture(view, "rocket.jpg");
  await allDone(view);
  assert.match(await view.locator(".classes").first().innerText(), /^missile/);
  assert.deepEqual(await accessibilityViolations(view), []);
  await glassbox.screenshot("explain");
});

test("VS Code's dialog says where an export goes, and its clipboard takes the command", async () => {
  const { page } = glassbox;
  const view = webview(page);
  const png = await exported(page, view, "Picture (PNG)", path.join(glassbox.workspace, "rocket.png"));
  assert.equal(png.subarray(1, 4).toString(), "PNG");
  await (await openMenu(view, "Export")).getByText("Copy as command").click();
  await view.locator(".said", { hasText: "clipboard" }).waitFor();
  assert.match(
    await page.evaluate(() => navigator.clipboard.readText()),
    /^glassbox ask \S+ .*efficientnet-lite0\.onnx --picture .*rocket\.jpg/,
  );
});

test("after a reload of the window the panel is back: model, picture, leading map, look, zoom, all from the cache", async () => {
  const { page } = glassbox;
  const zoom = async (): Promise<string> => {
    const text = await (await openMenu(webview(page), "Look")).locator(".zoom .quiet").innerText();
    await page.keyboard.press("Escape");
    return text;
  };
  await card(webview(page), "grad-cam").getByText("Larger").click();
  await card(webview(page), "smoothgrad").locator("canvas").focus();
  for (const key of ["+", "+", "2"]) await page.keyboard.press(key);
  assert.equal(await webview(page).locator("#style").inputValue(), "signed");
  const zoomed = await zoom();
  assert.equal(zoomed, "225 %");
  // While a webview has the focus, VS Code on the web saves nothing of it: Glassbox does.
  await extensionStatePersisted(page, '"zoom":2.25');
  await extensionStatePersisted(page, '"style":"signed"');
  const known = results().length;
  await reload(page);
  const view = webview(page);
  await allDone(view);
  assert.match(await view.locator(".subject").innerText(), /^rocket\.jpg.*through.*efficientnet-lite0\.onnx$/s);
  assert.equal(await view.locator("figure").first().getAttribute("data-method"), "grad-cam");
  assert.equal(await view.locator("#style").inputValue(), "signed");
  assert.equal(await zoom(), zoomed);
  assert.equal(results().length, known, "nothing was computed again");
});

test("the title of a model's own tab offers it as well", async () => {
  const { page } = glassbox;
  await closeAllEditors(page);
  await openFile(page, model);
  await page.locator(".editor-actions").getByRole("button", { name: COMMANDS.explain.title }).click();
  await webviewWith(page, ".subject");
  await closeAllEditors(page);
});

test("the palette asks which model", async () => {
  const { page } = glassbox;
  await runCommand(page, "Glassbox: Explain a Prediction");
  await page.locator(".quick-input-widget .monaco-list-row", { hasText: model }).waitFor();
  await page.keyboard.press("Escape");
});
