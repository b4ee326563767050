import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import type { DataOf } from "../../src/protocol/answer-data.ts";
import { canvasPixels } from "../browser/canvas.ts";
import { reading, settled, showView } from "../browser/text-view.ts";
import { tinyCheckpoint } from "../tiny-checkpoint.ts";
import { copied, exported, isPng } from "./exported.ts";
import { usePanels } from "./harness.ts";
import { desk } from "./window/desk.ts";

/** The numbers of an exported grid: without the names of its rows and columns. */
const csvNumbers = (bytes: Uint8Array): readonly (readonly number[])[] =>
  new TextDecoder()
    .decode(bytes)
    .trim()
    .split("\n")
    .slice(1)
    .map((line) =>
      line
        .replace(/^(?:"(?:[^"]|"")*"|[^,]*),/, "")
        .split(",")
        .map(Number),
    );

const panels = usePanels({ files: { ...tinyCheckpoint(), "bare.safetensors": "no tensors" } });

test("a prompt is shown as tokens with ids, and a token that is chosen or pointed at is lit in the grid and read", async () => {
  const view = await panels.open("text", "model.safetensors");
  await view.locator(".tokens .token").first().waitFor();
  await settled(view);
  const tokens = view.locator(".tokens .token");
  assert.deepEqual((await tokens.allInnerTexts()).slice(-2), ["·drink", "·to"]);
  assert.match((await tokens.nth(1).getAttribute("title")) ?? "", /^position 1, id 4, bytes 20 4d 61 72 79$/);
  assert.equal(await view.locator(".tokens .id").nth(1).innerText(), "4");
  await tokens.nth(3).hover();
  await reading(view, /^After ·John: .* nats · the text’s own next token: rank \d+/);
  await tokens.nth(3).click();
  await view.locator(".facts-column", { hasText: "after ·John, position 3" }).waitFor();
  assert.match(
    await view.locator(".facts-column section", { hasText: "Read it" }).innerText(),
    /After “·John” the model gives “.*The text goes on with “·went”, which has rank \d+|That is what the text says next/,
  );
});

test("the beginning-of-sequence token goes in front where a person says so", async () => {
  const { view } = panels;
  await view.getByRole("checkbox", { name: /begin with/ }).check();
  await view.locator(".tokens .token", { hasText: "<s>" }).waitFor();
  await view
    .locator(".policy", { hasText: "15 tokens" })
    .filter({ hasText: "begin with <s>, against the tokenizer’s policy" })
    .waitFor();
  await view.getByRole("checkbox", { name: /begin with/ }).uncheck();
  await view.locator(".policy", { hasText: "14 tokens" }).waitFor();
});

test("it goes on from the prompt token by token: greedy twice the same, and stops at a length", async () => {
  const { view } = panels;
  const made = view.locator(".generated .token");
  await view.getByLabel("Max tokens", { exact: true }).fill("6");
  await view.getByRole("button", { name: "Generate" }).click();
  await made.nth(5).waitFor();
  await settled(view);
  const greedy = await made.allInnerTexts();
  assert.equal(greedy.length, 6);
  await view.getByLabel("Temperature").fill("2");
  await view.getByLabel("Seed").fill("7");
  await view.getByRole("button", { name: "Generate" }).click();
  await made.nth(5).waitFor();
  await settled(view);
  assert.notDeepEqual(await made.allInnerTexts(), greedy);
});

test("attention: all heads, one head large by keyboard, its rows sum to one in what is exported", async () => {
  const { page, view } = panels;
  await showView(view, "Attention");
  await view.locator('[data-grid="attention"]').waitFor();
  await view.locator('[data-grid="heads"]').focus();
  await page.keyboard.press("ArrowRight");
  await view.locator(".view-bar h2", { hasText: "Where head 0.1 looks" }).waitFor();
  await settled(view);
  await view.locator('[data-grid="attention"]').focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await reading(view, /^·to \(13\) to ·drink \(12\): [\d.]+ %$/);
  const weights = csvNumbers(await exported(view, "Values (CSV)", path.join(panels.workspace, "head.csv")));
  assert.equal(weights.length, 14);
  for (const [query, row] of weights.entries()) {
    const sum = row.slice(0, query + 1).reduce((total, weight) => total + weight, 0);
    assert.ok(Math.abs(sum - 1) < 1e-5, `query ${query}: ${sum}`);
  }
  await view.getByLabel("Weights", { exact: true }).selectOption("value");
  await view.locator(".facts-column", { hasText: "multiplied by the norm" }).waitFor();
  await settled(view);
  await view.getByLabel("Weights", { exact: true }).selectOption("pattern");
});

test("the logit lens ends at the model's own answer, and its table says so", async () => {
  const { view } = panels;
  await showView(view, "Logit lens");
  await view.locator('[data-grid="lens"]').waitFor();
  await settled(view);
  await view.locator(".grid").getByText("Table", { exact: true }).click();
  const table = view.locator(".grid table");
  assert.deepEqual(await table.locator("tbody th").allInnerTexts(), ["end", "1", "0"]);
  const end = await table.locator("tbody tr").first().locator("td").last().innerText();
  await showView(view, "Next token");
  await view.locator('[data-grid="next"]').waitFor();
  await view.locator(".tokens .token").last().click();
  const best = await view.locator(".candidates th code").first().innerText();
  assert.ok(end.startsWith(best), `${end} begins with ${best}`);
});

test("direct attribution adds up to the logit difference", async () => {
  const { view } = panels;
  await showView(view, "Attribution");
  await view.locator('[data-grid="attribution"]').waitFor();
  await settled(view);
  const number = async (name: string): Promise<number> =>
    Number((await view.locator(".facts dt", { hasText: name }).locator("+ dd").innerText()).replace("−", "-"));
  assert.ok(
    Math.abs(
      (await number("components")) + (await number("bias of the readout")) - (await number("logit difference")),
    ) < 0.02,
  );
  assert.match(
    await view.locator(".facts-column section", { hasText: "Read it" }).innerText(),
    /attention writes .* the MLPs .* and the embeddings/,
  );
});

test("patching: the only different token, put back before the first layer, restores the clean answer exactly; the cell is copied as number and code", async () => {
  const { page, view } = panels;
  await showView(view, "Patching");
  await view.locator('[data-grid="patching"]').waitFor();
  await view.locator(".facts-column section", { hasText: "Can I believe it?" }).locator("summary").first().waitFor();
  const { data: answer } = JSON.parse(
    (await exported(view, "Result with provenance (JSON)", path.join(panels.workspace, "grid.json"))).toString(),
  ) as { readonly data: DataOf<"patched"> };
  const metrics = csvNumbers(await exported(view, "Values (CSV)", path.join(panels.workspace, "grid.csv")));
  assert.deepEqual(
    metrics.map(({ length }) => length),
    [14, 14],
  );
  const share = (layer: number, position: number): number =>
    (metrics[layer]![position]! - answer.corrupted) / (answer.clean - answer.corrupted);
  assert.ok(Math.abs(share(0, 9) - 1) < 1e-4, "the differing token before layer 0");
  for (let position = 0; position < 9; position++)
    assert.ok(Math.abs(share(1, position)) < 1e-6, "what both prompts share carries nothing");
  await view.locator('[data-grid="patching"]').focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < 9; i++) await page.keyboard.press("ArrowRight");
  await reading(view, /^Layer 0, position 9 ·John: 100 %, logit difference/);
  await page.keyboard.press("Enter");
  await view.getByRole("button", { name: "Copy the number" }).click();
  await view.locator(".doing", { hasText: "The number is on the clipboard" }).waitFor();
  assert.ok(Math.abs(Number(desk.clipboard) - metrics[0]![9]!) < 1e-9);
  await view.getByRole("button", { name: "Copy TransformerLens code" }).click();
  await view.locator(".doing", { hasText: "TransformerLens code is on the clipboard" }).waitFor();
  assert.match(desk.clipboard, /layer, position = 0, 9.*blocks\.\{layer\}\.hook_resid_pre/s);
  assert.match(
    await copied(view, "Copy as command"),
    /^glassbox ask activation-patching .*model\.safetensors --prompt 'When .* --corrupted 'When .* --answer .* --wrong /,
  );
  assert.ok(isPng(await exported(view, "Picture (PNG)", path.join(panels.workspace, "grid.png"))));
  const { data } = await canvasPixels(view, '[data-grid="patching"]');
  assert.ok(
    data.some((value, i) => i % 4 === 0 && value > 240 && data[i + 1]! < 180),
    "something is orange",
  );
});

test("estimates have the exact values one click away, and the scatter", async () => {
  const { view } = panels;
  await view.getByLabel("Method").selectOption("estimate");
  await view.getByRole("button", { name: "Compare with exact values" }).click();
  await view.locator('[data-grid="scatter"]').waitFor();
  assert.match(
    (await view.locator('[data-grid="scatter"]').getAttribute("aria-label")) ?? "",
    /for 28 cells; correlation/,
  );
  await view.locator(".facts dt", { hasText: "exact logit difference" }).waitFor();
  await view.getByLabel("Method").selectOption("exact");
});

test("heads, and ablation; an intervention stays active in the other views until it is removed", async () => {
  const { view } = panels;
  await view.getByLabel("What is patched").selectOption("head");
  await view.getByLabel("Experiment").selectOption("zero");
  await view.locator(".view-bar h2", { hasText: "Set to zero" }).waitFor();
  await view.locator('[data-grid="patching"]').waitFor();
  await settled(view);
  await view.locator('[data-grid="patching"]').click({ position: { x: 60, y: 6 } });
  const before = await view.locator(".facts-column section").first().innerText();
  assert.match(before, /layer 1, head \d/i);
  await view.getByText("Ablate here, and read on…").click();
  await view
    .locator(".edits li", { hasText: /^head 1\.\d ablated/ })
    .first()
    .waitFor();
  await settled(view);
  assert.match(
    (await view.locator(".badge").getAttribute("title")) ?? "",
    /as edited, add up to the residual stream .* sums to 1\. .* add up to the logit\. Opens all checks\.$/,
  );
  await view.locator(".badge").click();
  assert.match(
    await view.locator(".tab-row + .checks").innerText(),
    /components = residual: .* as edited, add up[^]*attention sums to 1[^]*attribution = logit − bias/,
  );
  await view.locator(".badge").click();
  await showView(view, "Patching");
  await view
    .getByRole("alert")
    .filter({ hasText: "Patching runs the model as it is, without the intervention above." })
    .waitFor();
  assert.equal(await view.locator('[data-grid="patching"]').count(), 0);
  await view.getByRole("button", { name: "Remove the intervention and patch" }).click();
  await view.locator('[data-grid="patching"]').waitFor();
  assert.equal(await view.locator(".edits li").count(), 0);
});

test("means over a set of prompts, in patching and as an intervention", async () => {
  const { view } = panels;
  await view.getByLabel("Experiment").selectOption("mean");
  const field = view.locator(".means textarea");
  await field.fill("Mary went to the store\nJohn gave a drink to her");
  await field.blur();
  await view.locator(".view-bar h2", { hasText: "Set to its mean over 2 prompts" }).waitFor();
  await settled(view);
  assert.match(await view.locator(".means label").innerText(), /^Mean over these 2 prompts/);
  await showView(view, "Attention");
  await settled(view);
  await view.getByRole("button", { name: "Set it to its mean" }).click();
  await view.locator(".edits li", { hasText: /^head \d\.\d set to its mean over 2 prompts/ }).waitFor();
  await showView(view, "Attribution");
  await settled(view);
  await view.locator(".edits button").first().click();
  await showView(view, "Patching");
});

test("prompts of different length are refused where the grid would be", async () => {
  const { view } = panels;
  await showView(view, "Patching");
  await view.getByLabel("Experiment").selectOption("denoise");
  await view.getByLabel("corrupted", { exact: true }).fill("When Mary and John went to the store, Mary gave a drink");
  await view.getByLabel("corrupted", { exact: true }).press("Enter");
  await view
    .getByRole("alert")
    .filter({
      hasText:
        "The clean prompt has 14 tokens and the corrupted one 13: they must line up token by token. They part at position 9.",
    })
    .waitFor();
});

test("the workbench saves its view as an experiment", async () => {
  const { view, workspace } = panels;
  await showView(view, "Logit lens");
  await view.locator("#prompt").fill("Mary gave a drink to John, and John gave the drink to");
  await view.locator("#prompt").press("Enter");
  await settled(view);
  const text = (await exported(view, "Save as experiment…", path.join(workspace, "lens.glassbox.yaml"))).toString();
  assert.match(text, /prompt: Mary gave a drink to John, and John gave the drink to/);
  assert.match(text, /method: logit-lens/);
});

test("a file that is no checkpoint is refused with a sentence", async () => {
  const alert = (await panels.open("text", "bare.safetensors")).getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /bare\.safetensors[^]*Try again/);
});
