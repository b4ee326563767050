import assert from "node:assert/strict";
import { test } from "node:test";
import { CancellationTokenSource } from "vscode-jsonrpc";
import type { DocumentSymbol, Hover } from "vscode-languageserver";
import { slowness } from "../vscode/pace.ts";
import { head, pause, useLanguageServer } from "./language-server.ts";

const server = useLanguageServer();

test("a hover that nobody waits for stops the picture that it made grow, and the next one goes on", async () => {
  const { textDocument, position } = server.open(
    `${head}analyses:\n  - method: gradient\n    target: unit:_blocks.0._bn1:‸11\n`,
  );
  const portraits = () => server.asked.filter(({ method }) => method === "unit/thumbnail");
  const before = portraits().length;
  const leaving = new CancellationTokenSource();
  const left = server.connection
    .sendRequest("textDocument/hover", { textDocument, position }, leaving.token)
    .catch(() => undefined);
  while (portraits().length === before) await pause(20);
  await pause(300);
  leaving.cancel();
  const cancelledAt = performance.now();
  await left;
  const [stopped] = portraits().slice(before);
  assert.equal(await stopped!.answer, null, "the engine answers that it is none");
  const took = performance.now() - cancelledAt;
  assert.ok(stopped!.cancelled(), "the token reached the engine");
  const slow = slowness();
  assert.ok(
    took / slow < 2000,
    `stopped after ${took.toFixed(0)} ms on a machine ${slow.toFixed(1)} times as slow as the reference`,
  );
  for (let tries = 0; ; tries++) {
    const hover = (await server.connection.sendRequest<Hover>("textDocument/hover", { textDocument, position }))
      .contents as { value: string };
    if (/data:image\/png/.test(hover.value)) break;
    assert.ok(tries < 40, hover.value);
  }
});

interface Latencies {
  readonly name: string;
  readonly ms: number[];
}

/** What 95 % of the answers took at most, on the reference machine: beside other work this one may be several times as slow. */
function p95({ name, ms }: Latencies): number {
  const sorted = [...ms].sort((a, b) => a - b);
  const found = sorted[Math.floor(0.95 * sorted.length)]!;
  const slow = slowness();
  console.log(
    `${name}: p50 ${sorted[sorted.length >> 1]!.toFixed(1)} ms, p95 ${found.toFixed(1)} ms, greatest ${sorted.at(-1)!.toFixed(1)} ms, ${slow.toFixed(1)} times as slow as the reference: p95 ${(found / slow).toFixed(1)} ms there`,
  );
  return found / slow;
}

test("with a warm engine the slowest 5 % of hovers and completions in 2,000 lines take no more than 50 ms while a person types and everything else is asked for", async () => {
  const sites = await server.sites();
  const entry = (i: number): string =>
    `  - id: cam${i}\n    method: grad-cam\n    target: Egyptian cat\n    options: { layer: ${sites[i % sites.length]} }\n`;
  const text = `${head}analyses:\n${Array.from({ length: 500 }, (_, i) => entry(i)).join("")}`;
  const { uri, textDocument } = server.open(text);
  const lines = text.split("\n");
  assert.ok(lines.length > 2000);
  // Read once, as it is when somebody has opened it, and the engine knows the model.
  await server.hoverSays(`${head}analyses:\n  - method: grad-cam\n    sites: [_blocks‸.15]\n`, /On 3 photographs/);
  assert.equal((await server.codeLenses({ textDocument })).length, 1);
  const hovers: Latencies = { name: "hover", ms: [] };
  const completions: Latencies = { name: "completion", ms: [] };
  const timed = async (into: Latencies, ask: () => Promise<unknown>): Promise<void> => {
    const started = performance.now();
    await ask();
    into.ms.push(performance.now() - started);
  };
  let version = 1;
  let asking: CancellationTokenSource | undefined;
  const answers: Promise<unknown>[] = [];
  for (let i = 0; i < 200; i++) {
    // A letter is written into a target, or taken out again; the editor then drops what it had asked and asks anew.
    const line = 3 + 4 * ((i >> 1) % 400) + 2;
    const at = { line, character: lines[line]!.length };
    const change =
      i % 2
        ? { range: { start: at, end: { ...at, character: at.character + 1 } }, text: "" }
        : { range: { start: at, end: at }, text: "s" };
    await server.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: ++version },
      contentChanges: [change],
    });
    asking?.cancel();
    const { token } = (asking = new CancellationTokenSource());
    const range = { start: { line: Math.max(0, line - 30), character: 0 }, end: { line: line + 30, character: 0 } };
    for (const [method, params] of [
      ["codeLens", {}],
      ["documentSymbol", {}],
      ["inlayHint", { range }],
      ["codeAction", { range: { start: at, end: at }, context: { diagnostics: [] } }],
    ] as const) {
      answers.push(
        server.connection
          .sendRequest(`textDocument/${method}`, { textDocument, ...params }, token)
          .catch(() => undefined),
      );
    }
    const [there] = [3 + ((i * 37) % 2000)];
    await timed(hovers, () =>
      server.connection.sendRequest("textDocument/hover", {
        textDocument,
        position: { line: there, character: Math.max(4, lines[there]!.length - 5) },
      }),
    );
    await timed(completions, () =>
      server.connection.sendRequest("textDocument/completion", { textDocument, position: at }),
    );
    // Mostly typing, at times a pause in which all of it is read and judged, and a hover in the midst of that.
    await pause(i % 20 === 19 ? 400 : 25);
    if (i % 20 === 19)
      await timed(hovers, () =>
        server.connection.sendRequest("textDocument/hover", {
          textDocument,
          position: { line: there, character: Math.max(4, lines[there]!.length - 5) },
        }),
      );
  }
  await Promise.all(answers);
  const symbols = await server.connection.sendRequest<DocumentSymbol[]>("textDocument/documentSymbol", {
    textDocument,
  });
  assert.equal(symbols.length, 502, "what was asked for last is answered from the last text");
  assert.ok(p95(hovers) <= 50);
  assert.ok(p95(completions) <= 50);
});

test("in 2,000 lines of Python as well", async () => {
  const sites = (await server.sites()).filter((site) => /^[\w.]+$/.test(site));
  const lines = [
    'net = load_model("efficientnet-lite0.onnx")',
    ...Array.from({ length: 2000 }, (_, i) =>
      i % 2 ? `act${i} = cache["${sites[i % sites.length]}"]` : `out${i} = np.mean(act${i}, axis=(2, 3))  # of "act"`,
    ),
  ];
  const { uri, textDocument } = server.open(lines.join("\n"), "python");
  const hovers: Latencies = { name: "hover in Python", ms: [] };
  let version = 1;
  for (let i = 0; i < 100; i++) {
    const at = { line: 1 + ((i * 37) % 2000), character: 0 };
    await server.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: ++version },
      contentChanges: [{ range: { start: at, end: at }, text: " " }],
    });
    const lenses = server.codeLenses({ textDocument });
    const line = 1 + ((i * 53) % 2000);
    const started = performance.now();
    await server.connection.sendRequest("textDocument/hover", { textDocument, position: { line, character: 18 } });
    hovers.ms.push(performance.now() - started);
    assert.equal((await lenses).length, 1);
  }
  assert.ok(p95(hovers) <= 50);
});
