import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { CancellationToken, Message } from "vscode-jsonrpc/node";
import { connectWebview } from "./webview-connection.ts";

/** A panel as VS Code gives it, with what was posted to it. */
function fakePanel() {
  const posted: Message[] = [];
  let receive: (message: Message) => void = () => undefined;
  let close: () => void = () => undefined;
  let open = true;
  const nothing = { dispose: () => undefined };
  return {
    posted,
    ask: (id: number, method: string) => receive({ jsonrpc: "2.0", id, method, params: {} } as Message),
    close: () => ((open = false), close()),
    panel: {
      webview: {
        postMessage: async (message: Message) => {
          if (!open) throw new Error("Webview is disposed");
          posted.push(message);
          return true;
        },
        onDidReceiveMessage: (listen: (message: Message) => void) => ((receive = listen), nothing),
      },
      onDidDispose: (listen: () => void) => ((close = listen), nothing),
    },
  };
}

/** Many turns of the event loop: what a message sets in motion takes a few. No timer, which a busy machine lets fire too early. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await setImmediate();
}

test("closing a panel cancels what it asked and is not yet answered, and says nothing more to it", async () => {
  const { panel, posted, ask, close } = fakePanel();
  const connection = connectWebview(panel as never);
  const tokens: CancellationToken[] = [];
  connection.onRequest("quick", (_params: unknown, token: CancellationToken) => (tokens.push(token), 1));
  connection.onRequest("long", (_params: unknown, token: CancellationToken) => {
    tokens.push(token);
    return new Promise((resolve) => token.onCancellationRequested(() => void setImmediate("stopped").then(resolve)));
  });
  connection.listen();
  ask(1, "quick");
  await settled();
  ask(2, "long");
  await settled();
  assert.deepEqual(
    tokens.map((token) => token.isCancellationRequested),
    [false, false],
  );
  close();
  assert.deepEqual(
    tokens.map((token) => token.isCancellationRequested),
    [false, true],
    "only what still runs",
  );
  // A job's last events, and its answer: neither throws nor is sent.
  await connection.sendNotification("event", { job: "a" });
  await settled();
  assert.equal(posted.length, 1);
});
