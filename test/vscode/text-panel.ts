import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FrameLocator, Page } from "playwright-core";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { hanging } from "./hanging.ts";
import { ROOT } from "./installation.ts";
import { webview } from "./webview.ts";
import { contextMenu } from "./workbench.ts";

const checkpoint = path.join(ROOT, "test/oracles/tiny/llama-tied-float32");

/** Words that are one token each in the tiny checkpoint's tokenizer; letters fill up its 61 entries. */
const words = ["When", "Mary", "and", "John", "went", "to", "the", "store", "gave", "a", "drink", "her", "him"];
const filled = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"].filter((letter) => letter !== "a");

function tinyTokenizer(): unknown {
  const special = ["<s>", "</s>", "<unk>"];
  const pieces = [...special, ...words.map((word) => `▁${word}`), ",", "▁", ...filled].slice(0, 61);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
    post_processor: null,
    decoder: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
    model: {
      type: "Unigram",
      unk_id: 2,
      vocab: pieces.map((piece, i) => [piece, i < special.length ? 0 : piece.length > 2 ? -2 : -8]),
      byte_fallback: false,
    },
  };
}

/** A random Llama of two layers and six heads with a tokenizer that knows the example prompt's words. */
export const tinyCheckpoint = (): Readonly<Record<string, string | Uint8Array>> => ({
  "model.safetensors": fs.readFileSync(path.join(checkpoint, "model.safetensors")),
  "config.json": fs.readFileSync(path.join(checkpoint, "config.json")),
  "tokenizer.json": JSON.stringify(tinyTokenizer()),
});

/** Where the real checkpoint lies, or undefined where it was not fetched. */
export function smolLM(): string | undefined {
  const file = path.join(ROOT, "../shared/models/smollm2-135m-instruct-q4_1.gguf");
  return fs.existsSync(file) ? file : undefined;
}

export async function openWorkbench(page: Page, file: string): Promise<FrameLocator> {
  await contextMenu(page, file, COMMANDS.openTextWorkbench.title);
  const view = webview(page);
  await view.locator(".tokens").first().waitFor();
  return view;
}

export async function showView(view: FrameLocator, title: string): Promise<void> {
  await view.getByRole("tab", { name: title, exact: true }).click();
}

/** Resolves when nothing runs any more. */
export const settled = (view: FrameLocator, timeout = hanging): Promise<void> =>
  view.locator(".cancel:disabled").waitFor({ timeout });

/** The reading under a grid, once it says something like `what`. */
export const reading = (view: FrameLocator, what: RegExp): Promise<void> =>
  view.locator(".reading", { hasText: what }).first().waitFor();

/** Opens the view's Export menu and takes an item. */
export async function exportItem(view: FrameLocator, item: string): Promise<void> {
  const button = view.locator(".view-bar .menu > button");
  if ((await button.getAttribute("aria-expanded")) !== "true") await button.click();
  await view.locator(".menu > .panel").getByText(item, { exact: true }).click();
}

/** Exports through VS Code's save dialog, which on the web is a quick input, and gives the file's bytes. */
export async function exportedFile(page: Page, view: FrameLocator, item: string, file: string): Promise<Buffer> {
  await exportItem(view, item);
  const input = page.locator(".quick-input-widget .quick-input-box input");
  await input.waitFor({ state: "visible" });
  // The dialog puts its own suggestion in a moment after it appears, so the path is typed until it stays.
  for (const end = Date.now() + hanging; !fs.existsSync(file) && Date.now() < end;) {
    await input.fill(file, { timeout: 1000 }).catch(() => undefined);
    await sleep(300);
    if ((await input.inputValue({ timeout: 500 }).catch(() => "")) === file)
      await input.press("Enter", { timeout: 1000 }).catch(() => undefined);
  }
  await view.locator(".doing", { hasText: path.basename(file) }).waitFor();
  return fs.readFileSync(file);
}
