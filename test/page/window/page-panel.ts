import type { ServerResponse } from "node:http";
import { emitter } from "./emitter.ts";
import type { FromPanel } from "./from-panel.ts";
import type { Uri } from "./uri.ts";
import { packed } from "./wire.ts";

/** A webview panel, of which a plain page shows the document. */
export class PagePanel {
  title: string;
  readonly viewType: string;
  readonly address: string;
  /** What the page saved last. */
  state: unknown;
  closed = false;
  readonly #received = emitter<unknown>();
  readonly #disposed = emitter<void>();
  #stream: ServerResponse | undefined;

  readonly onDidDispose = this.#disposed.event;
  readonly webview: {
    html: string;
    options: { readonly localResourceRoots?: readonly Uri[] };
    readonly cspSource: string;
    readonly asWebviewUri: (uri: Uri) => string;
    readonly postMessage: (message: unknown) => Promise<boolean>;
    readonly onDidReceiveMessage: (listen: (message: unknown) => unknown) => { readonly dispose: () => unknown };
  };

  constructor(viewType: string, title: string, origin: string, id: number) {
    this.viewType = viewType;
    this.title = title;
    this.address = `${origin}/panel/${id}`;
    this.webview = {
      html: "",
      options: {},
      cspSource: origin,
      asWebviewUri: ({ path }) => `${this.address}/file${encodeURI(path)}`,
      postMessage: async (message) => {
        if (this.closed) throw new Error("Webview is disposed");
        const bytes = packed(message);
        const length = Buffer.alloc(4);
        length.writeUInt32LE(bytes.length);
        this.#stream?.write(Buffer.concat([length, bytes]));
        return this.#stream !== undefined;
      },
      onDidReceiveMessage: this.#received.event,
    };
  }

  /** The page listens from now on; loading it again replaces the one before. */
  listen(stream: ServerResponse): void {
    this.#stream?.end();
    this.#stream = stream;
  }

  receive(sent: FromPanel): void {
    if (sent.kind === "state") this.state = sent.state;
    else this.#received.fire(sent.message);
  }

  /** Whether its page may load a file: what lies in one of the folders that the host allowed. */
  allows(file: string): boolean {
    return (this.webview.options.localResourceRoots ?? []).some(({ fsPath }) => file.startsWith(`${fsPath}/`));
  }

  reveal(): void {}

  dispose(): void {
    if (this.closed) return;
    this.closed = true;
    this.#stream?.end();
    this.#disposed.fire();
  }
}
