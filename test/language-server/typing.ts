import assert from "node:assert/strict";
import { CancellationTokenSource } from "vscode-jsonrpc";
import type { DocumentSymbol } from "vscode-languageserver";
import { head, pause, type LanguageServer } from "./language-server.ts";

/** Milliseconds from question to answer. */
export interface Latencies {
  readonly hovers: number[];
  readonly completions: number[];
  /** Of the file's symbols, which need the whole file read; only where the person pauses, since a key cancels the others. */
  readonly readings: number[];
}

/** A question asked, and the milliseconds until its answer. */
export async function latency(ask: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await ask();
  return performance.now() - began;
}

/** An experiment of more than 2,000 lines, read once, as it is when somebody has opened it, by a server whose engine knows the model. */
async function openLongExperiment(server: LanguageServer) {
  const sites = await server.sites();
  const entry = (i: number): string =>
    `  - id: cam${i}\n    method: grad-cam\n    target: Egyptian cat\n    options: { layer: ${sites[i % sites.length]} }\n`;
  const text = `${head}analyses:\n${Array.from({ length: 500 }, (_, i) => entry(i)).join("")}`;
  const opened = server.open(text);
  const lines = text.split("\n");
  assert.ok(lines.length > 2000);
  await server.hoverSays(`${head}analyses:\n  - method: grad-cam\n    sites: [_blocks‸.15]\n`, /On 3 photographs/);
  assert.equal((await server.codeLenses(opened)).length, 1);
  return { ...opened, lines };
}

/**
 * Types into 2,000 lines as a person does. Each turn writes a letter into a target or takes it out again; the editor drops what it had asked, asks for
 * everything that needs the whole file read, and for a hover and a completion.
 */
export async function typeExperiment(server: LanguageServer, turns: number): Promise<Latencies> {
  const { uri, textDocument, lines } = await openLongExperiment(server);
  const { connection } = server;
  const [hovers, completions, readings]: [number[], number[], number[]] = [[], [], []];
  const answers: Promise<unknown>[] = [];
  let asking: CancellationTokenSource | undefined;
  for (let i = 0; i < turns; i++) {
    const line = 3 + 4 * ((i >> 1) % 400) + 2;
    const at = { line, character: lines[line]!.length };
    const change =
      i % 2
        ? { range: { start: at, end: { ...at, character: at.character + 1 } }, text: "" }
        : { range: { start: at, end: at }, text: "s" };
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 2 + i },
      contentChanges: [change],
    });
    asking?.cancel();
    const { token } = (asking = new CancellationTokenSource());
    const ask = (method: string, params: object): Promise<unknown> =>
      connection.sendRequest(`textDocument/${method}`, { textDocument, ...params }, token);
    const reading = latency(() => ask("documentSymbol", {}));
    answers.push(reading.catch(() => undefined));
    const range = { start: { line: Math.max(0, line - 30), character: 0 }, end: { line: line + 30, character: 0 } };
    for (const [method, params] of [
      ["codeLens", {}],
      ["inlayHint", { range }],
      ["codeAction", { range: { start: at, end: at }, context: { diagnostics: [] } }],
    ] as const)
      answers.push(ask(method, params).catch(() => undefined));
    const elsewhere = 3 + ((i * 37) % 2000);
    const position = { line: elsewhere, character: Math.max(4, lines[elsewhere]!.length - 5) };
    const hover = () => connection.sendRequest("textDocument/hover", { textDocument, position });
    hovers.push(await latency(hover));
    completions.push(
      await latency(() => connection.sendRequest("textDocument/completion", { textDocument, position: at })),
    );
    // Mostly typing; sometimes a pause in which all of the file is read and judged, with a hover in the midst of that.
    if (i % 20 !== 19) await pause(25);
    else {
      await pause(400);
      hovers.push(await latency(hover));
      readings.push(await reading);
    }
  }
  await Promise.all(answers);
  const symbols = await connection.sendRequest<DocumentSymbol[]>("textDocument/documentSymbol", { textDocument });
  assert.equal(symbols.length, 502, "what was asked for last is answered from the last text");
  return { hovers, completions, readings };
}

/** Milliseconds of hovers in Python of so many lines, each asked for after a change, with the lenses of the whole file. */
export async function typePython(server: LanguageServer, length: number, turns: number): Promise<number[]> {
  const sites = (await server.sites()).filter((site) => /^[\w.]+$/.test(site));
  const lines = [
    'net = load_model("efficientnet-lite0.onnx")',
    ...Array.from({ length }, (_, i) =>
      i % 2 ? `act${i} = cache["${sites[i % sites.length]}"]` : `out${i} = np.mean(act${i}, axis=(2, 3))  # of "act"`,
    ),
  ];
  const { uri, textDocument } = server.open(lines.join("\n"), "python");
  const hovers: number[] = [];
  for (let i = 0; i < turns; i++) {
    const at = { line: 1 + ((i * 37) % length), character: 0 };
    await server.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 2 + i },
      contentChanges: [{ range: { start: at, end: at }, text: " " }],
    });
    const lenses = server.codeLenses({ textDocument });
    const position = { line: 1 + ((i * 53) % length), character: 18 };
    hovers.push(await latency(() => server.connection.sendRequest("textDocument/hover", { textDocument, position })));
    assert.equal((await lenses).length, 1);
  }
  return hovers;
}
