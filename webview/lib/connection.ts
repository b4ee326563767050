import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
} from "vscode-jsonrpc/browser";

interface VsCodeApi<State> {
  postMessage(message: unknown): void;
  getState(): State | undefined;
  setState(state: State): void;
}

declare function acquireVsCodeApi<State>(): VsCodeApi<State>;

/** May be acquired once a page. */
export const vscode = acquireVsCodeApi<unknown>();

class HostReader extends AbstractMessageReader {
  listen(callback: DataCallback): Disposable {
    const receive = ({ data }: MessageEvent<unknown>): void => {
      if (typeof data === "object" && data !== null && "jsonrpc" in data) callback(data as unknown as Message);
    };
    addEventListener("message", receive);
    return { dispose: () => removeEventListener("message", receive) };
  }
}

class HostWriter extends AbstractMessageWriter {
  async write(message: Message): Promise<void> {
    vscode.postMessage(message);
  }

  end(): void {}
}

/** JSON-RPC to the extension host: the panel speaks the engine's protocol through it. */
export function connectHost(): MessageConnection {
  const connection = createMessageConnection(new HostReader(), new HostWriter());
  connection.listen();
  return connection;
}
