import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { settled, showView } from "../browser/text-view.ts";
import { tinyCheckpoint } from "../tiny-checkpoint.ts";
import { useGlassbox } from "./harness.ts";
import { editorStatePersisted } from "./persistence.ts";
import { saveAs } from "./save-dialog.ts";
import { webview } from "./webview.ts";
import { commandListed, contextMenu, contextMenuTitles, reload } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const { title, category } = COMMANDS.openTextWorkbench;
const glassbox = useGlassbox({ files: { ...tinyCheckpoint(), "notes.txt": "plain", "model.onnx": "" } });

test("the workbench is offered on checkpoints, and only there", async () => {
  const { page } = glassbox;
  await commandListed(page, `${category}: ${title}`);
  const onCheckpoint = await contextMenuTitles(page, "model.safetensors");
  assert.ok(onCheckpoint.includes(title) && !onCheckpoint.includes(COMMANDS.explain.title));
  assert.ok(!(await contextMenuTitles(page, "model.onnx")).includes(title));
  assert.ok(!(await contextMenuTitles(page, "notes.txt")).includes(title));
});

test("right-click, pick the item: a prompt is shown as tokens and answered, and axe finds nothing wrong", async () => {
  const { page } = glassbox;
  await contextMenu(page, "model.safetensors", title);
  const view = webview(page);
  const tokens = view.locator(".tokens .token");
  await tokens.first().waitFor();
  await settled(view);
  assert.deepEqual((await tokens.allInnerTexts()).slice(-2), ["·drink", "·to"]);
  await view.locator('[data-grid="next"]').waitFor();
  assert.deepEqual(await accessibilityViolations(view), []);
  await glassbox.screenshot("text");
});

test("after a reload the prompt and the view are back", async () => {
  const { page } = glassbox;
  const view = webview(page);
  await showView(view, "Logit lens");
  await view.locator("#prompt").fill("Mary gave a drink to John, and John gave the drink to");
  await view.locator("#prompt").press("Enter");
  await settled(view);
  // While a webview has the focus, VS Code on the web saves no layout.
  await page.keyboard.press("ControlOrMeta+Shift+E");
  await editorStatePersisted(page, "gave the drink");
  await reload(page);
  const again = webview(page);
  await again.locator('[data-grid="lens"]').waitFor();
  assert.equal(await again.locator("#prompt").inputValue(), "Mary gave a drink to John, and John gave the drink to");
});

test("VS Code's dialog says where an export goes", async () => {
  const { page, workspace } = glassbox;
  const view = webview(page);
  await settled(view);
  await view.locator(".view-bar .menu > button").click();
  await view.locator(".menu > .panel").getByText("Values (CSV)", { exact: true }).click();
  const file = path.join(workspace, "lens.csv");
  await saveAs(page, file);
  await view.locator(".doing", { hasText: "lens.csv" }).waitFor();
  // A line of names, then one for each cell: the embedding and both layers, at every token.
  const tokens = await view.locator(".tokens .token").count();
  assert.equal(fs.readFileSync(file, "utf8").trim().split("\n").length, 1 + 3 * tokens);
});
