import type { Locator, Page } from "playwright-core";
import { hanging } from "../browser/hanging.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The editor gives each bracket and word an element of its own, so that `text` may begin in one and end in another. */
function middleOf(line: Locator, text: string): Promise<Point | undefined> {
  return line
    .evaluate((element, wanted) => {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const places: { readonly node: Node; readonly offset: number }[] = [];
      let whole = "";
      for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const value = node.nodeValue ?? "";
        for (let offset = 0; offset < value.length; offset++) places.push({ node, offset });
        whole += value.replaceAll("\u00a0", " ");
      }
      const start = whole.indexOf(wanted);
      if (start < 0) return undefined;
      const [first, last] = [places[start]!, places[start + wanted.length - 1]!];
      const range = document.createRange();
      range.setStart(first.node, first.offset);
      range.setEnd(last.node, last.offset + 1);
      const box = range.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }, text)
    .catch(() => undefined);
}

/**
 * Points at the first `text` in the visible editor and returns the hover's content. It tries again, because the first
 * mouse move after an editor opened is often lost and a hover says "Loading..." before its provider answers.
 */
export async function hoverText(page: Page, text: string, timeout = hanging): Promise<Locator> {
  const line = page.locator(".editor-instance .view-line").filter({ hasText: text }).first();
  await line.waitFor();
  const hover = page.locator(".monaco-resizable-hover .monaco-hover:not(.hidden) .monaco-hover-content").first();
  const end = Date.now() + timeout;
  for (let patience = 1500; Date.now() < end; patience *= 1.5) {
    const point = await middleOf(line, text);
    if (!point) continue;
    await page.mouse.move(point.x, point.y + 200);
    await page.mouse.move(point.x - 4, point.y);
    await page.mouse.move(point.x, point.y, { steps: 4 });
    const shown = hover.filter({ hasNotText: "Loading..." }).waitFor({ state: "visible", timeout: patience });
    if (
      await shown.then(
        () => true,
        () => false,
      )
    )
      return hover;
  }
  throw new Error(`No hover came up over ${text}.`);
}
