import type { Frame, FrameLocator } from "playwright-core";

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
