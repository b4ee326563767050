import assert from "node:assert/strict";
import { test } from "node:test";
import { CancellationTokenSource } from "vscode-jsonrpc";
import type { Hover } from "vscode-languageserver";
import { head, pause, useLanguageServer } from "./language-server.ts";
import { typeExperiment, typePython } from "./typing.ts";

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
  await left;
  const [stopped] = portraits().slice(before);
  assert.equal(await stopped!.answer, null, "the engine answers that it is none");
  assert.ok(stopped!.cancelled(), "the token reached the engine");
  for (let tries = 0; ; tries++) {
    const hover = (await server.connection.sendRequest<Hover>("textDocument/hover", { textDocument, position }))
      .contents as { value: string };
    if (/data:image\/png/.test(hover.value)) break;
    assert.ok(tries < 40, hover.value);
  }
});

const median = (milliseconds: readonly number[]): number =>
  [...milliseconds].sort((a, b) => a - b)[milliseconds.length >> 1]!;

test("in 2,000 lines hovers and completions do not wait for the file to be read, while a person types and everything else is asked for", async (t) => {
  const { hovers, completions, readings } = await typeExperiment(server, 40);
  const medians = [hovers, completions, readings].map(median);
  t.diagnostic(`medians of hovers, completions, readings: ${medians.map((ms) => ms.toFixed(1)).join(", ")} ms`);
  const [hover, completion, reading] = medians as [number, number, number];
  assert.ok(3 * hover < reading);
  assert.ok(3 * completion < reading);
});

test("a hover in 2,000 changing lines of Python costs about what it costs in twenty", async (t) => {
  const [short, long] = [await typePython(server, 20, 60), await typePython(server, 2000, 60)].map(median);
  t.diagnostic(`medians: ${short!.toFixed(1)} and ${long!.toFixed(1)} ms`);
  assert.ok(long! < 20 * short!);
});
