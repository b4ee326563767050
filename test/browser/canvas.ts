import type { Frame, FrameLocator } from "playwright-core";

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
