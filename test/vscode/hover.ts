import type { Locator, Page } from "playwright-core";

interface Point {
  readonly x: number;
  readonly y: number;
}

function middleOf(line: Locator, text: string): Promise<Point | undefined> {
  return line
    .evaluate((element, wanted) => {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const start = node.nodeValue?.indexOf(wanted) ?? -1;
        if (start < 0) continue;
        range.setStart(node, start);
        range.setEnd(node, start + wanted.length);
        const box = range.getBoundingClientRect();
        return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      }
      return undefined;
    }, text)
    .catch(() => undefined);
}

/**
 * Points at the first `text` in the visible editor and returns the hover's content. It tries again, because the first
 * mouse move after an editor opened is often lost and a hover says "Loading..." before its provider answers.
 */
export async function hoverText(page: Page, text: string, timeout = 20_000): Promise<Locator> {
  const line = page.locator(".editor-instance .view-line").filter({ hasText: text }).first();
  await line.waitFor();
  const hover = page.locator(".monaco-resizable-hover .monaco-hover:not(.hidden) .monaco-hover-content").first();
  for (const end = Date.now() + timeout; Date.now() < end; ) {
    const point = await middleOf(line, text);
    if (!point) continue;
    await page.mouse.move(point.x, point.y + 200);
    await page.mouse.move(point.x - 4, point.y);
    await page.mouse.move(point.x, point.y, { steps: 4 });
    const shown = hover.filter({ hasNotText: "Loading..." }).waitFor({ state: "visible", timeout: 1500 });
    if (await shown.then(() => true, () => false)) return hover;
  }
  throw new Error(`No hover came up over ${text}.`);
}
