import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { CUSTOM_EDITORS } from "../../src/extension/manifest/custom-editors.ts";
import { useGlassbox } from "./harness.ts";
import { webview, webviewWith } from "./webview.ts";
import { closeAllEditors, expandFolders, explorerRow, openFile, quickPick, runCommand, tab } from "./workbench.ts";

const glassbox = useGlassbox({ from: "samples" });

test("a double-click on a model file says what it is, and one click leads on", async () => {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await explorerRow(page, "efficientnet-lite0.onnx").waitFor();
  await openFile(page, "efficientnet-lite0.onnx");
  const inspector = webview(page);
  await inspector.getByRole("heading", { level: 1, name: "efficientnet-lite0.onnx" }).waitFor();
  await inspector.getByText("4,631,000").waitFor();
  assert.deepEqual(await accessibilityViolations(inspector), []);
  await glassbox.screenshot("inspector");
  await inspector.getByRole("button", { name: "Explain a prediction" }).click();
  await webviewWith(page, ".thumbnail, .pictures");
  await closeAllEditors(page);
});

test("Reopen Editor With… shows a model file as a panel in its own tab", async () => {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await explorerRow(page, "efficientnet-lite0.onnx").waitFor();
  await openFile(page, "efficientnet-lite0.onnx");
  await runCommand(page, "View: Reopen Editor With...");
  await quickPick(page, CUSTOM_EDITORS.explain.displayName).click();
  await webview(page).getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
  await webview(page).locator(".thumbnail, .pictures, button").first().waitFor();
  assert.equal(await tab(page, "efficientnet-lite0.onnx").count(), 1, "the panel took the place of the inspector");
  await glassbox.screenshot("editor");
});
