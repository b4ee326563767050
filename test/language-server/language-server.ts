import assert from "node:assert/strict";
import { fork, spawnSync, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from "vscode-jsonrpc/node";
import type { CodeAction, CodeLens, CompletionList, Diagnostic, Hover, Position } from "vscode-languageserver";
import { EngineClient } from "../../src/client/engine-client.ts";
import { openModel } from "../../src/protocol/engine.ts";
import { askEngine, listModels, type LanguageServerOptions } from "../../src/protocol/language-server.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();

/** Milliseconds after which a wait is a hang; a loaded machine takes far less. */
const hanging = 600_000;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What a hover says where a picture is in it; the first group is the picture. */
export const picture = /!\[[^\]]*\]\(data:image\/png;base64,([A-Za-z0-9+/=]+)\|width=144,height=144\)/;

/** The first lines of an experiment on the sample model. */
export const head = "model: efficientnet-lite0.onnx\ninputs: [chelsea.png]\n";

interface Opened {
  readonly uri: string;
  readonly position: Position;
  readonly textDocument: { readonly uri: string };
}

interface Question {
  readonly method: string;
  readonly answer: Promise<unknown>;
  readonly cancelled: () => boolean;
}

/** The bundled server in a process of its own, with the bundled engine behind it, as an editor has both. */
export class LanguageServer {
  /** What the server asked the engine, each with its answer and whether it was cancelled. */
  readonly asked: Question[] = [];
  /** How often it asked for the workspace's models. */
  listed = 0;
  readonly diagnostics = new Map<string, readonly Diagnostic[]>();
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-language-"));
  readonly #engine = new EngineClient(
    () => ({
      cacheFolder: path.join(this.#folder, "cache"),
      memoryBudgetBytes: 2 ** 31,
      runtime: "onnxruntime",
      weights: "auto",
    }),
    undefined,
    path.join(root, "dist", "engine.mjs"),
  );
  #server: ChildProcess | undefined;
  #connection: MessageConnection | undefined;
  #opened = 0;
  readonly #options: LanguageServerOptions | undefined;

  /** @param options what the editor tells the server when it starts */
  constructor(options?: LanguageServerOptions) {
    this.#options = options;
  }

  get connection(): MessageConnection {
    assert.ok(this.#connection, "the server starts before the first test of the file");
    return this.#connection;
  }

  async start(): Promise<void> {
    const built = spawnSync(process.execPath, [path.join(root, "scripts", "build.mjs")], { encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
    this.#fillFolder();
    this.#server = fork(path.join(root, "dist", "language.mjs"), ["--node-ipc"], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const connection = (this.#connection = createMessageConnection(
      new IPCMessageReader(this.#server),
      new IPCMessageWriter(this.#server),
    ));
    connection.onRequest(askEngine.method, ({ method, params }: { method: string; params: unknown }, token) => {
      const answer = this.#engine.forward(method, params, token);
      this.asked.push({ method, answer, cancelled: () => token.isCancellationRequested });
      return answer;
    });
    connection.onRequest(listModels, () => {
      this.listed++;
      return [path.join(root, "samples", "vision", "efficientnet-lite0.onnx")];
    });
    connection.onNotification(
      "textDocument/publishDiagnostics",
      ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => void this.diagnostics.set(uri, diagnostics),
    );
    connection.listen();
    await connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions: this.#options,
      workspaceFolders: [{ uri: pathToFileURL(this.#folder).href, name: "test" }],
    });
    await connection.sendNotification("initialized", {});
    await this.#engine.request(openModel, { model: path.join(this.#folder, "efficientnet-lite0.onnx") });
  }

  stop(): void {
    this.#connection?.dispose();
    this.#server?.kill();
    this.#engine.stop();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Opens a text; `‸` marks the position that is asked about. */
  open(text: string, languageId = "glassbox-experiment"): Opened {
    const uri = pathToFileURL(
      path.join(this.#folder, `${this.#opened++}.${languageId === "python" ? "py" : "glassbox.yaml"}`),
    ).href;
    const at = text.indexOf("‸");
    const before = text.slice(0, Math.max(0, at)).split("\n");
    const position = { line: before.length - 1, character: before.at(-1)!.length };
    void this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId, version: 1, text: text.replace("‸", "") },
    });
    return { uri, position, textDocument: { uri } };
  }

  async complete(text: string, languageId?: string): Promise<CompletionList> {
    const { textDocument, position } = this.open(text, languageId);
    for (const end = Date.now() + hanging; ; await pause(100)) {
      const list = await this.connection.sendRequest<CompletionList | null>("textDocument/completion", {
        textDocument,
        position,
      });
      if (!list?.isIncomplete || Date.now() > end) return list ?? { isIncomplete: false, items: [] };
    }
  }

  async labels(text: string, languageId?: string): Promise<readonly string[]> {
    return (await this.complete(text, languageId)).items.map(({ label }) => label);
  }

  /** The sample model's sites, as they are completed. */
  sites(): Promise<readonly string[]> {
    return this.labels(`${head}analyses:\n  - method: grad-cam\n    sites: [‸]`);
  }

  async hoverText(text: string, languageId?: string): Promise<string | undefined> {
    const { textDocument, position } = this.open(text, languageId);
    const hover = await this.connection.sendRequest<Hover | null>("textDocument/hover", { textDocument, position });
    return hover ? asRead(hover) : undefined;
  }

  /** Hovers until what is wanted has come: what takes its time is said with the next hover. */
  async hoverSays(text: string, wanted: RegExp, languageId?: string): Promise<string> {
    for (const end = Date.now() + hanging; ; await pause(200)) {
      const words = (await this.hoverText(text, languageId)) ?? "";
      if (wanted.test(words)) return words;
      assert.ok(Date.now() < end, `${wanted.source} in: ${words}`);
    }
  }

  codeLenses({ textDocument }: Pick<Opened, "textDocument">): Promise<readonly CodeLens[]> {
    return this.connection.sendRequest<CodeLens[]>("textDocument/codeLens", { textDocument });
  }

  /** The problems of a text, once the wanted one is among them, and the quick fixes that are offered for them. */
  async problemsOf(
    text: string,
    wanted: string,
    languageId?: string,
  ): Promise<{
    readonly uri: string;
    readonly problems: readonly Diagnostic[];
    readonly fixes: readonly CodeAction[];
  }> {
    const { uri, textDocument } = this.open(text, languageId);
    for (const end = Date.now() + hanging; Date.now() < end; await pause(30)) {
      const problems = this.diagnostics.get(uri);
      const first = problems?.find(({ code }) => code === wanted);
      if (problems === undefined || first === undefined) continue;
      const fixes = await this.connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
        textDocument,
        range: first.range,
        context: { diagnostics: problems },
      });
      return { uri, problems, fixes };
    }
    throw new Error(`no ${wanted} among ${JSON.stringify(this.diagnostics.get(uri))}`);
  }

  #fillFolder(): void {
    const vision = path.join(root, "samples", "vision");
    for (const name of [
      "efficientnet-lite0.onnx",
      "efficientnet-lite0.glassbox.json",
      "imagenet-classes.txt",
      "chelsea.png",
    ])
      fs.symlinkSync(path.join(vision, name), path.join(this.#folder, name));
    const tiny = path.join(root, "test", "oracles", "tiny");
    const text = path.join(this.#folder, "text");
    fs.mkdirSync(text);
    fs.symlinkSync(path.join(tiny, "llama-tied-float32.gguf"), path.join(text, "llama.gguf"));
    fs.symlinkSync(path.join(tiny, "gpt2-tied-float32"), path.join(text, "gpt2"));
    fs.writeFileSync(path.join(text, "adapter.safetensors"), "");
    fs.writeFileSync(path.join(this.#folder, "small.npy"), npyOf([3, 8, 8]));
  }
}

/** A hover as a person reads it: text of files is escaped for Markdown. */
export const asRead = ({ contents }: Hover): string =>
  (contents as { value: string }).value.replace(/\\([!-/:-@[-`{-~])/g, "$1");

/** One server for the tests of a file. */
export function useLanguageServer(options?: LanguageServerOptions): LanguageServer {
  const server = new LanguageServer(options);
  before(() => server.start());
  after(() => server.stop());
  return server;
}

function npyOf(shape: readonly number[]): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`.padEnd(117) + "\n";
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from("NUMPY\x01\x00"),
    Buffer.from([header.length, 0]),
    Buffer.from(header),
    Buffer.alloc(4 * shape.reduce((a, b) => a * b, 1)),
  ]);
}
