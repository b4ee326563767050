/** From the right click to the first map, and what activation adds to the extension host: in a real VS Code, next to VS Code's own Markdown preview. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator } from "playwright-core";
import { activationTimes } from "./activation-times.ts";
import { crashEngine } from "../test/browser/engine-processes.ts";
import { choosePicture, runIs } from "../test/browser/explain-view.ts";
import { explain } from "../test/vscode/explain-panel.ts";
import { useGlassbox } from "../test/vscode/harness.ts";
import { VSCODE_NAME } from "../test/vscode/installation.ts";
import { editorStatePersisted } from "../test/vscode/persistence.ts";
import { markdownPreview, webview } from "../test/vscode/webview.ts";
import { closeAllEditors, expandFolders, explorerRow, reload, tab } from "../test/vscode/workbench.ts";
import { conditions, digits, quantile, times } from "./harness.ts";
import { save } from "./report.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const model = "efficientnet-lite0.onnx";
const rounds = 5;
// Its VS Code starts and ends in hooks of node's test runner.
const glassbox = useGlassbox({ from: "samples" });
const loadBefore = os.loadavg()[0]!;

/** No result is remembered, so that what is timed is computed. */
const forget = (): void => {
  for (const file of fs.readdirSync(path.join(cache, "results"))) fs.rmSync(path.join(cache, "results", file));
};

/** Milliseconds from the right click until `shown` is there, without the pause in which a person reads the menu. */
async function rightClick(file: string, title: string, shown: () => Locator): Promise<number> {
  const { page } = glassbox;
  const item = page.locator(".context-view .monaco-menu .action-item", { hasText: title });
  const begun = performance.now();
  await explorerRow(page, file).click({ button: "right" });
  await item.waitFor();
  const listed = performance.now();
  // A menu ignores clicks in its first tenth of a second.
  await sleep(300);
  const chosen = performance.now();
  await item.click();
  await shown().waitFor();
  return performance.now() - chosen + (listed - begun);
}

/** The maps after the first take all cores for seconds. */
const allMaps = (): Promise<void> => runIs(webview(glassbox.page), "integrated-gradients", "done");

/** The picture is the last one used. */
async function firstMap(): Promise<number> {
  forget();
  await closeAllEditors(glassbox.page);
  const took = await rightClick(model, "Explain a Prediction", () =>
    webview(glassbox.page).locator('figure[data-map="true"]').first(),
  );
  await allMaps();
  return took;
}

/** VS Code's own panel with nothing to compute: what no extension's panel can be faster than. */
async function ownPreview(): Promise<number> {
  await closeAllEditors(glassbox.page);
  return rightClick("README.md", "Open Preview", () => markdownPreview(glassbox.page).locator("h1").first());
}

/** Milliseconds of loading and calling the extension; each reload activates it again, through the panel that comes back. */
async function activation(): Promise<number> {
  const { page } = glassbox;
  await editorStatePersisted(page, model);
  await reload(page);
  // The report, in the layout that was saved, may have come back in front of it.
  await tab(page, model).click();
  await webview(page).locator("main").first().waitFor();
  const { loadMs, callMs } = await activationTimes(page);
  await allMaps();
  return loadMs + callMs;
}

async function repeated(measure: () => Promise<number>): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round++) all.push(await measure());
  return all;
}

test("the explain panel", async () => {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await explain(page, model);
  await choosePicture(webview(page), "rocket.jpg");
  await allMaps();
  const [warm, own]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    warm.push(await firstMap());
    own.push(await ownPreview());
  }
  const cold = await repeated(async () => {
    await crashEngine(cache);
    return firstMap();
  });
  await closeAllEditors(page);
  await explain(page, model);
  await allMaps();
  const activated = await repeated(activation);
  const preview = quantile(own, 0.5);
  const row = (name: string, milliseconds: readonly number[]): readonly string[] => [
    name,
    ...[0.5, 0].map((share) => digits(quantile(milliseconds, share))),
    times(quantile(milliseconds, 0.5) / preview),
  ];
  save("panel", {
    title: "The explain panel: from the right click to the first map",
    text: "A rocket launch on EfficientNet-Lite0; no result is cached. With a warm engine in turn with VS Code's own Markdown preview.",
    ...conditions(loadBefore),
    versions: `VS Code ${VSCODE_NAME}`,
    header: ["", "milliseconds, median", "least", "by VS Code's own preview"],
    rows: [
      row("VS Code's own Markdown preview", own),
      row("first map, the engine warm", warm),
      row("first map, the engine cold", cold),
      row("activation: loading and calling the extension", activated),
    ],
    notes: [],
  });
});
