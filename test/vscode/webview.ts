import { setTimeout as sleep } from "node:timers/promises";
import type { Frame, FrameLocator, Page } from "playwright-core";
import { hanging } from "./hanging.ts";
import { EXTENSION_ID } from "./installation.ts";

/** The document of Glassbox's nth visible webview; hidden tabs may keep theirs. */
export const webview = (page: Page, nth = 0): FrameLocator =>
  page
    .locator(`iframe.webview.ready[src*="extensionId=${EXTENSION_ID}"]`)
    .filter({ visible: true })
    .nth(nth)
    .contentFrame()
    .locator("iframe#active-frame")
    .contentFrame();

/** The document of VS Code's own preview of a Markdown file. */
export const markdownPreview = (page: Page): FrameLocator =>
  page
    .locator("iframe.webview.ready")
    .filter({ visible: true })
    .first()
    .contentFrame()
    .locator("iframe#active-frame")
    .contentFrame();

/** The frame of the webview in which `selector` matches: with several open, their order in the page is no promise. */
export async function webviewWith(page: Page, selector: string, timeout = hanging): Promise<Frame> {
  for (const end = Date.now() + timeout; Date.now() < end; await sleep(100)) {
    for (const frame of page.frames()) {
      if (
        /\/pre\/fake\.html/.test(frame.url()) &&
        (await frame
          .locator(selector)
          .count()
          .catch(() => 0))
      )
        return frame;
    }
  }
  throw new Error(`No webview shows ${selector}.`);
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGBA, row by row. */
  readonly data: Uint8ClampedArray;
}

/** What a canvas of a webview has drawn, exactly. */
export async function canvasPixels(view: FrameLocator | Frame, selector: string): Promise<Pixels> {
  const canvas = view.locator(selector).first();
  await canvas.waitFor();
  const { width, height, text } = await canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext("2d")!;
    copy.drawImage(element as HTMLCanvasElement, 0, 0);
    const bytes = copy.getImageData(0, 0, width, height).data;
    let text = "";
    for (let start = 0; start < bytes.length; start += 0x8000)
      text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
    return { width, height, text: btoa(text) };
  });
  return { width, height, data: new Uint8ClampedArray(Buffer.from(text, "base64")) };
}

/** Drops texts by their types, as a drag from one of VS Code's own lists brings them. */
export async function dropText(
  view: FrameLocator | Frame,
  selector: string,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  await view
    .locator(selector)
    .first()
    .evaluate((element, given) => {
      const data = new DataTransfer();
      for (const [type, text] of Object.entries(given)) data.setData(type, text);
      for (const kind of ["dragenter", "dragover", "drop"])
        element.dispatchEvent(
          new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true, shiftKey: true }),
        );
    }, texts);
}

export interface DroppedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Drops a file on an element of a webview, as a person drags it there from their desktop, with Shift held: else VS Code takes it. */
export async function dropFile(
  view: FrameLocator | Frame,
  selector: string,
  { name, type, bytes }: DroppedFile,
): Promise<void> {
  await view
    .locator(selector)
    .first()
    .evaluate(
      (element, file) => {
        const data = new DataTransfer();
        data.items.add(
          new File([Uint8Array.from(atob(file.base64), (letter) => letter.charCodeAt(0))], file.name, {
            type: file.type,
          }),
        );
        for (const kind of ["dragenter", "dragover", "drop"]) {
          element.dispatchEvent(
            new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true, shiftKey: true }),
          );
        }
      },
      { name, type, base64: Buffer.from(bytes).toString("base64") },
    );
}
