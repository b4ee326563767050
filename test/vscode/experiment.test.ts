import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { card, choosePicture, runIs } from "../browser/explain-view.ts";
import { explain, exported } from "./explain-panel.ts";
import { hanging } from "../browser/hanging.ts";
import { useGlassbox } from "./harness.ts";
import { hoverText } from "./hover.ts";
import { ROOT } from "./installation.ts";
import { webview } from "./webview.ts";
import { closeAllEditors, expandFolders, openFile, runCommand, tab } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const experiment = `model: efficientnet-lite0.onnx
inputs: [chelsea.png]
analyses:
  - method: prediction
  - id: cam
    method: grad-cam
    sites: [_blocks.15]
    target: unit:_blocks.0._bn1:3
claims:
  - expect: prediction.top.1.name
    is: Egyptian cat
  - expect: prediction.top.1.probability
    above: 0.9
`;

const python = `import glassbox_like

net = load_model("efficientnet-lite0.onnx")
act = cache["_blocks.0._bn1"]
out = resnet._blocks[1]._bn1(act)
unit = cache["_blocks.0._bn1"][:, 3]
path = os.path.join("a", "b")
`;

const languageCode = `model = load("../text/llama.gguf")
pattern = cache["blocks.1.attn.hook_pattern"]
scores = cache["blocks.1.attn.hook_patern"]
`;

const glassbox = useGlassbox({
  from: "samples",
  files: {
    "vision/try.glassbox.yaml": experiment,
    "vision/wrong.glassbox.yaml": experiment.replace("grad-cam", "gradcam"),
    "vision/code.py": python,
    "vision/words.py": languageCode,
    "text/llama.gguf": fs.readFileSync(path.join(ROOT, "test/oracles/tiny/llama-tied-float32.gguf")),
  },
  // Hints lie between letters that a pointer is aimed at.
  settings: { "editor.inlayHints.enabled": "off" },
});

async function open(name: string): Promise<void> {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await openFile(page, name);
}

const lens = (text: string) =>
  glassbox.page.locator(".editor-instance .codelens-decoration a").filter({ hasText: text }).first();
const line = (text: string) => glassbox.page.locator(".editor-instance .view-line").filter({ hasText: text }).first();

/** What a decoration writes behind a line lies in a style sheet, so it is read off the pseudo-element. */
const inlineText = (): Promise<string> =>
  glassbox.page.locator(".editor-instance .view-lines").evaluate((lines) =>
    [...lines.querySelectorAll("span")]
      .map((span) => getComputedStyle(span, "::after").content)
      .filter((content) => content !== "none" && content !== "normal")
      .join("\n"),
  );

/** What the hover over a text says, once it says it: the hover before it goes away slowly. */
async function hoverSays(text: string, wanted: RegExp): Promise<void> {
  const { page } = glassbox;
  let said = "";
  await until(`${wanted.source} over ${text}`, async () => {
    await page.mouse.move(5, 5);
    await page.keyboard.press("Escape");
    said = await (await hoverText(page, text, 30_000)).innerText().catch(() => "");
    return wanted.test(said);
  });
}

/** Applies a quick fix at the cursor. The menu is asked for again, because a key may arrive before the fixes do. */
async function quickFix(title: string): Promise<void> {
  const { page } = glassbox;
  const action = page.locator(".action-widget .action.focused", { hasText: title });
  await until(title, async () => {
    await page.keyboard.press("Control+.");
    return action.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
  });
  await page.keyboard.press("Enter");
}

/** The picture that the hover shows is loaded, in its own size. */
async function hoverPictures(): Promise<void> {
  const picture = glassbox.page.locator(".monaco-hover-content img").first();
  await picture.waitFor();
  await until(
    "the picture",
    async () => (await picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)) === 96,
  );
}

async function until(what: string, seen: () => Promise<boolean>, timeout = hanging): Promise<void> {
  for (const end = Date.now() + timeout; !(await seen());) {
    if (Date.now() > end) throw new Error(`${what} was not seen within ${timeout / 1000} s`);
    await glassbox.page.waitForTimeout(200);
  }
}

test("hovers: a method has its formula, a site of the actual model its shape", async () => {
  await open("try.glassbox.yaml");
  await lens("▶ Run").waitFor();
  await hoverSays("grad-cam", /ReLU\(Σₖ αₖ Aᵏ\)/);
  await hoverSays(
    "_blocks.15",
    /channel \d+ × row \d+ × column \d+[\s\S]*On 3 photographs: mean [\s\S]*above 0 at \d+ % of its values\. Highest on average: units \d+/,
  );
  await hoverSays("unit:_blocks.0._bn1:3", /above 0 at \d+ % of the positions/);
  await hoverPictures();
  await glassbox.screenshot("experiment-hover");
});

test("a lens runs the experiment: its results stand at the lines' ends, both numbers where a claim fails, and its panel opens beside", async () => {
  const { page } = glassbox;
  await page.mouse.move(5, 5);
  await lens("▶ Run").click();
  await until("the prediction", async () => /Egyptian cat 3\d\.\d %/.test(await inlineText()));
  await until("the failing claim", async () => /✕ 0\.3\d+, expected above 0\.9/.test(await inlineText()));
  assert.match(await inlineText(), /7 × 7 cells/);
  // The panel that asks the same is beside it, with the same map and the same numbers.
  const view = webview(page);
  await runIs(view, "grad-cam", "done");
  assert.match(
    await card(view, "grad-cam").innerText(),
    /Every value is exactly 0: the target does not depend on this input/,
  );
  const [inline] = /3\d\.\d %/.exec(await inlineText())!;
  await view.getByText(inline!).first().waitFor();
  await lens("1 of 2 claims hold").waitFor();
  await glassbox.screenshot("experiment-inline-results");
});

test("completion: the model's own sites", async () => {
  const { page } = glassbox;
  await line("sites:").click();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.type(", ");
  const suggestion = page.locator(".suggest-widget .monaco-list-row").filter({ hasText: "_blocks.0._bn1" }).first();
  await until("the sites", async () => {
    if (await suggestion.isVisible()) return true;
    await page.keyboard.press("Control+Space");
    return suggestion.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
  });
  await glassbox.screenshot("experiment-completion");
  await page.keyboard.press("Escape");
  await runCommand(page, "File: Revert File");
  await closeAllEditors(page);
});

test("a method misspelt is underlined and mended by a quick fix", async () => {
  const { page } = glassbox;
  await open("wrong.glassbox.yaml");
  await page.locator(".editor-instance .squiggly-error").first().waitFor();
  await line("gradcam").click();
  await page.keyboard.press("End");
  await quickFix("Change to grad-cam");
  await line("method: grad-cam").waitFor();
  await page.locator(".editor-instance .squiggly-error").first().waitFor({ state: "detached" });
  await runCommand(page, "File: Revert File");
  await closeAllEditors(page);
});

test("Python: a model's file and its layers have hovers, a lens explains, and other names are left in peace", async () => {
  await open("code.py");
  await lens("Explain efficientnet-lite0.onnx").waitFor();
  await hoverSays("efficientnet-lite0.onnx", /1000 classes[\s\S]*Explain a prediction/);
  await hoverSays("_blocks.0._bn1", /channel 32 × row 112 × column 112/);
  await hoverSays("resnet", /channel 96 × row 56 × column 56/);
  await glassbox.screenshot("experiment-python");
});

test("Python: a unit's hover has its picture, and its link opens the unit", async () => {
  const { page } = glassbox;
  await hoverSays("[:,", /above 0 at \d+ % of the positions/);
  await hoverPictures();
  await glassbox.screenshot("experiment-python-unit");
  await page.locator(".monaco-hover-content a", { hasText: "What does this unit look for?" }).click();
  await tab(page, "_blocks.0._bn1:3").waitFor();
  await closeAllEditors(page);
});

test("Python: a language model's site has named axes, a misspelt one a quick fix, a string completion, and the lens opens the text workbench", async () => {
  const { page } = glassbox;
  await open("words.py");
  await lens("Open llama.gguf in the Text Workbench").waitFor();
  assert.ok(!(await lens("Explain llama.gguf").isVisible()), "the picture panel is not offered");
  await hoverSays("blocks.1.attn.hook_pattern", /head \d+ × query × key/);
  await glassbox.screenshot("experiment-python-language");
  await page.mouse.move(5, 5);
  await page.keyboard.press("Escape");
  await page.locator(".editor-instance .squiggly-warning").first().waitFor();
  await line("hook_patern").click();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await quickFix("Change to blocks.1.attn.hook_pattern");
  await line("hook_patern").waitFor({ state: "detached" });
  await page.keyboard.press("Control+End");
  await page.keyboard.type('more = cache["');
  const suggestion = page
    .locator(".suggest-widget .monaco-list-row")
    .filter({ hasText: "blocks.0.hook_resid_pre" })
    .first();
  await until("the sites", async () => {
    if (await suggestion.isVisible()) return true;
    await page.keyboard.press("Control+Space");
    return suggestion.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
  });
  await page.keyboard.press("Escape");
  await runCommand(page, "File: Revert File");
  await lens("Open llama.gguf in the Text Workbench").click();
  await tab(page, "llama.gguf").waitFor();
  await closeAllEditors(page);
});

test("the explain panel saves itself as an experiment, which opens and runs", async () => {
  const { page, workspace } = glassbox;
  await closeAllEditors(page);
  await explain(page, "efficientnet-lite0.onnx");
  const view = webview(page);
  await choosePicture(view, "chelsea.png");
  await runIs(view, "smoothgrad", "done");
  const file = path.join(workspace, "saved.glassbox.yaml");
  const text = (await exported(page, view, "Save as experiment…", file)).toString();
  assert.match(text, /^model: vision\/efficientnet-lite0\.onnx$/m);
  assert.match(text, /method: \S+/);
  await lens("▶ Run").click();
  await until("the result", async () => /r = 0\.9|completeness|cells/.test(await inlineText()));
  await glassbox.screenshot("experiment-saved");
});
