import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { enginesOf } from "../browser/engine-processes.ts";
import { useGlassbox } from "./harness.ts";
import { webview } from "./webview.ts";
import { expandFolders, openFile, tab } from "./workbench.ts";

/** A stranger's workspace, whose settings make Glassbox the editor of its models. */
const glassbox = useGlassbox({
  from: "samples",
  files: {
    ".vscode/settings.json": JSON.stringify({ "workbench.editorAssociations": { "*.onnx": "glassbox.explainEditor" } }),
  },
  asksForTrust: true,
  settings: { "security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never" },
});

test("a model that a workspace's settings open as a panel waits for the person's word", async () => {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await openFile(page, "efficientnet-lite0.onnx");
  const panel = webview(page);
  await panel.getByRole("heading", { name: "efficientnet-lite0.onnx was not opened" }).waitFor();
  await glassbox.screenshot("restricted");
  assert.deepEqual(enginesOf(path.dirname(glassbox.server.extensions)), [], "no engine was started");

  await panel.getByRole("link", { name: /^Open efficientnet-lite0.onnx once/ }).click();
  await tab(page, "efficientnet-lite0.onnx").nth(1).waitFor();
});
