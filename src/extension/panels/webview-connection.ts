import type * as vscode from "vscode";
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  CancellationSenderStrategy,
  CancellationTokenSource,
  createMessageConnection,
  type CancellationId,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
} from "vscode-jsonrpc/node";

/** The parts of a panel that the connection needs: its channel and its dispose event. */
export interface Connectable {
  readonly webview: Pick<vscode.Webview, "postMessage" | "onDidReceiveMessage">;
  readonly onDidDispose: vscode.Event<void>;
}

/**
 * JSON-RPC over a panel's channel, which clones structures: typed arrays arrive as they left. When the panel is closed,
 * what it asked is cancelled and what is still said to it is dropped. Disposing of the connection would do neither: it
 * drops the tokens uncancelled, so that the engine computes on, and throws where a job's last events arrive.
 */
export function connectWebview({ webview, onDidDispose }: Connectable): MessageConnection {
  const running = new Map<CancellationId, CancellationTokenSource>();
  const createCancellationTokenSource = (id: CancellationId): CancellationTokenSource => {
    const source = new CancellationTokenSource();
    running.set(id, source);
    return source;
  };
  const writer = new WebviewWriter(webview, (id) => running.delete(id));
  const connection = createMessageConnection(new WebviewReader(webview), writer, undefined, {
    cancellationStrategy: {
      receiver: { kind: "id", createCancellationTokenSource },
      sender: CancellationSenderStrategy.Message,
    },
  });
  onDidDispose(() => {
    writer.close();
    for (const source of running.values()) source.cancel();
    running.clear();
  });
  return connection;
}

class WebviewReader extends AbstractMessageReader {
  readonly #webview: Connectable["webview"];

  constructor(webview: Connectable["webview"]) {
    super();
    this.#webview = webview;
  }

  listen(callback: DataCallback): Disposable {
    return this.#webview.onDidReceiveMessage((message: Message) => callback(message));
  }
}

class WebviewWriter extends AbstractMessageWriter {
  readonly #webview: Connectable["webview"];
  readonly #answered: (id: CancellationId) => void;
  #closed = false;

  constructor(webview: Connectable["webview"], answered: (id: CancellationId) => void) {
    super();
    this.#webview = webview;
    this.#answered = answered;
  }

  async write(message: Message): Promise<void> {
    if ("id" in message && !("method" in message)) this.#answered(message.id as CancellationId);
    if (!this.#closed) await this.#webview.postMessage(message);
  }

  /** VS Code throws at a message to a panel that is gone. */
  close(): void {
    this.#closed = true;
  }

  end(): void {}
}
