import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { openMenu } from "./explain-panel.ts";
import { useGlassbox } from "./harness.ts";
import { webview } from "./webview.ts";
import { contextMenu, expandFolders } from "./workbench.ts";

// Minutes of computing, in a VS Code of its own; where nobody asks for pictures, nothing is started.
if (process.env.GLASSBOX_SCREENSHOTS === "1") {
  const glassbox = useGlassbox({ from: "samples" });
  test("the picture for the README: ten sites, 2,000 pictures, all controls", async () => {
    const { page } = glassbox;
    await page.setViewportSize({ width: 1260, height: 860 });
    await expandFolders(page, "vision");
    await contextMenu(page, "efficientnet-lite0.onnx", COMMANDS.probeLayers.title);
    const view = webview(page);
    await (await openMenu(view, "Data")).locator("select").selectOption("2000");
    await page.keyboard.press("Escape");
    await view.getByRole("button", { name: "Probe shape" }).click();
    await view.locator('main[data-run="done"]').waitFor({ timeout: 1_200_000 });
    assert.equal(await view.locator("main").getAttribute("data-points"), "31");
    const file = path.join(process.env.GLASSBOX_ROOT!, "media", "screenshots", "probe.png");
    await page.locator("iframe.webview.ready").filter({ visible: true }).last().screenshot({ path: file });
  });
}
