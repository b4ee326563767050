import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { unzipSync } from "fflate";
import { makeVsix } from "../package/make-vsix.ts";
import { enginesOf } from "../browser/engine-processes.ts";
import { choosePicture, runIs } from "../browser/explain-view.ts";
import { explain } from "./explain-panel.ts";
import { useGlassbox } from "./harness.ts";
import { EXTENSION_ID, ROOT } from "./installation.ts";
import { orangeness, timesItsArea } from "../browser/rocket-mass.ts";
import { canvasPixels } from "../browser/canvas.ts";
import { markdownPreview, webview } from "./webview.ts";
import { closeAllEditors, runCommand } from "./workbench.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-vsix-"));
const cache = path.join(folder, "cache");
process.env.GLASSBOX_CACHE = cache;
// The engine would find samples there that the package might lack.
delete process.env.GLASSBOX_ROOT;
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const vsix = makeVsix(ROOT, folder);
const samples = unzipSync(fs.readFileSync(vsix), {
  filter: ({ name }) => name.startsWith("extension/samples/vision/"),
});
const glassbox = useGlassbox({
  extension: { vsix },
  files: Object.fromEntries(Object.entries(samples).map(([name, bytes]) => [path.posix.basename(name), bytes])),
});

/** Where VS Code has unpacked the package. */
function installedAt(): string {
  const { extensions } = glassbox.server;
  const name = fs.readdirSync(extensions).find((each) => each.startsWith(`${EXTENSION_ID}-`));
  return path.join(extensions, name!);
}

test("the installed package explains the sample that it carries, until the first map is drawn", async () => {
  const { page } = glassbox;
  await explain(page, "efficientnet-lite0.onnx");
  const view = webview(page);
  await choosePicture(view, "rocket.jpg");
  await runIs(view, "grad-cam", "done");
  assert.match(await view.locator(".classes").first().innerText(), /^missile/);
  const drawn = timesItsArea(orangeness(await canvasPixels(view, 'figure[data-method="grad-cam"] canvas')));
  console.log(`Grad-CAM mass on the rocket: ${drawn.toFixed(2)} × its area`);
  assert.ok(drawn > 1);
  await glassbox.screenshot("package-explain");
});

test("what computes comes from the package, and nothing of it from the repository", () => {
  const [engine] = enginesOf(cache);
  const mapped = fs.readFileSync(`/proc/${engine}/maps`, "utf8");
  const native = path.join(installedAt(), "dist/node_modules/onnxruntime-node/bin/napi-v6");
  assert.ok(mapped.includes(native), "ONNX Runtime is the package's");
  assert.ok(!mapped.includes(`${ROOT}/`), "no file of the repository is mapped");
  const command = path.join(installedAt(), "dist/bin/glassbox");
  if (process.platform !== "win32") fs.accessSync(command, fs.constants.X_OK);
});

test("the extension's page shows its icon and README, and no picture or link is broken", async () => {
  const { page } = glassbox;
  await closeAllEditors(page);
  await runCommand(page, "View: Show Extensions");
  await page.locator(".extension-list-item", { hasText: "Glassbox" }).first().dblclick();
  const readme = markdownPreview(page);
  await readme.locator("h1", { hasText: "Glassbox" }).waitFor();
  await glassbox.screenshot("package-page");
  const widths = (images: Element[]): number[] => images.map((image) => (image as HTMLImageElement).naturalWidth);
  assert.ok(
    (await page.locator(".extension-editor .icon-container img").evaluateAll(widths)).some((width) => width >= 128),
  );
  assert.deepEqual(
    (await readme.locator("p img").evaluateAll(widths)).filter((width) => width === 0),
    [],
  );
  assert.deepEqual(await readme.locator("a:not([href])").allInnerTexts(), []);
});
