/** Runs in the page around the panel's document, which its own policy keeps from the network: carries messages to the host and back. */
import { packed, unpacked } from "./wire.ts";

const here = location.pathname;
const frame = document.querySelector("iframe")!;

// One after another: two requests that are on their way at once may arrive in any order.
let sent: Promise<unknown> = Promise.resolve();
addEventListener("message", ({ source, data }: MessageEvent<unknown>) => {
  if (source !== frame.contentWindow) return;
  const body = packed(data);
  sent = sent.then(() => fetch(`${here}/send`, { method: "POST", body }));
});

async function receive(stream: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  let held = new Uint8Array();
  for (;;) {
    const { done, value } = await stream.read();
    if (done) return;
    const more = new Uint8Array(held.length + value.length);
    more.set(held);
    more.set(value, held.length);
    held = more;
    while (held.length >= 4) {
      const length = new DataView(held.buffer, held.byteOffset).getUint32(0, true);
      if (held.length < 4 + length) break;
      frame.contentWindow!.postMessage(unpacked(held.slice(4, 4 + length)), "*");
      held = held.slice(4 + length);
    }
  }
}

const { body } = await fetch(`${here}/receive`);
frame.src = `${here}/document`;
await receive(body!.getReader());
