import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Message,
  type MessageConnection,
} from "vscode-jsonrpc/node";

/** What of VS Code's panel a host uses; a test takes it for the whole. */
export interface FakePanel {
  title: string;
  readonly webview: {
    readonly postMessage: (message: Message) => Promise<boolean>;
    readonly onDidReceiveMessage: (listen: (message: Message) => void) => { readonly dispose: () => void };
  };
  readonly onDidDispose: (listen: () => void) => { readonly dispose: () => void };
  readonly dispose: () => void;
}

/** A panel as VS Code gives it, and the page's end of its channel. */
export function fakePanel(): {
  readonly panel: FakePanel;
  readonly page: MessageConnection;
  readonly close: () => void;
} {
  let toHost: (message: Message) => void = () => undefined;
  let toPage: DataCallback = () => undefined;
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
  const close = (): void => listeners.forEach((listen) => listen());
  const panel: FakePanel = {
    title: "",
    webview: {
      postMessage: async (message: Message) => (toPage(structuredClone(message)), true),
      onDidReceiveMessage: (listen: (message: Message) => void) => ((toHost = listen), nothing),
    },
    onDidDispose: (listen: () => void) => (listeners.push(listen), nothing),
    dispose: close,
  };
  return { panel, page, close };
}
