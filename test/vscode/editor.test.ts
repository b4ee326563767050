import assert from "node:assert/strict";
import { test } from "node:test";
import { CUSTOM_EDITORS } from "../../src/extension/manifest/custom-editors.ts";
import { useGlassbox } from "./harness.ts";
import { webview } from "./webview.ts";
import { expandFolders, explorerRow, openFile, quickPick, runCommand, tab } from "./workbench.ts";

const glassbox = useGlassbox({ from: "samples" });

test("Reopen Editor With… shows a model file as a panel in its own tab", async () => {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await explorerRow(page, "efficientnet-lite0.onnx").waitFor();
  await openFile(page, "efficientnet-lite0.onnx");
  await runCommand(page, "View: Reopen Editor With...");
  await quickPick(page, CUSTOM_EDITORS.explain.displayName).click();
  await webview(page).getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
  await webview(page).locator(".thumbnail, .pictures, button").first().waitFor();
  assert.equal(await tab(page, "efficientnet-lite0.onnx").count(), 1, "the editor took the place of the bytes");
  await glassbox.screenshot("editor");
});
