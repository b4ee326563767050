import type * as vscode from "vscode";
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Message,
  type MessageConnection,
} from "vscode-jsonrpc/node";

/** A panel as VS Code gives it, and the page's end of its channel. */
export function fakePanel(): {
  readonly panel: vscode.WebviewPanel;
  readonly page: MessageConnection;
  readonly close: () => void;
} {
  let toHost: (message: Message) => void = () => undefined;
  let toPage: DataCallback = () => undefined;
  let closed: () => void = () => undefined;
  const nothing = { dispose: () => undefined };
  class Reader extends AbstractMessageReader {
    listen(callback: DataCallback): typeof nothing {
      toPage = callback;
      return nothing;
    }
  }
  class Writer extends AbstractMessageWriter {
    async write(message: Message): Promise<void> {
      queueMicrotask(() => toHost(structuredClone(message)));
    }
    end(): void {}
  }
  const page = createMessageConnection(new Reader(), new Writer());
  page.listen();
  const listeners: (() => void)[] = [];
  const panel = {
    title: "",
    webview: {
      postMessage: async (message: Message) => (toPage(structuredClone(message)), true),
      onDidReceiveMessage: (listen: (message: Message) => void) => ((toHost = listen), nothing),
    },
    onDidDispose: (listen: () => void) => (listeners.push(listen), nothing),
    dispose: () => closed(),
  };
  closed = () => listeners.forEach((listen) => listen());
  return { panel: panel as unknown as vscode.WebviewPanel, page, close: closed };
}
