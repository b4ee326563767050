import assert from "node:assert/strict";
import { test } from "node:test";
import type { InlayHint } from "vscode-languageserver";
import { head, useLanguageServer } from "./language-server.ts";

const server = useLanguageServer({ restricted: true });

const python = 'net = load_model("efficient‸net-lite0.onnx")\n';
const site = `${head}analyses:\n  - method: grad-cam\n    sites: [‸]`;
const hints = async (text: string): Promise<readonly InlayHint[] | null> => {
  const { textDocument } = server.open(text);
  const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
  return server.connection.sendRequest<InlayHint[] | null>("textDocument/inlayHint", { textDocument, range });
};

test("in Restricted Mode text is answered from text alone: the engine is asked nothing, and no file is listed", async () => {
  assert.equal(await server.hoverText(python, "python"), undefined);
  assert.equal(await server.hoverText("x = model.blocks‸.conv\n", "python"), undefined);
  assert.deepEqual(await server.codeLenses(server.open(python, "python")), []);
  assert.match((await server.hoverText("model: efficient‸net-lite0.onnx\n"))!, /not trusted/);
  assert.equal(await server.hoverText(`${head}analyses:\n  - method: grad-cam\n    target: tab‸by\n`), undefined);
  assert.deepEqual(await server.labels("model: ‸"), []);
  assert.deepEqual(await server.labels("inputs:\n  - file: ‸"), []);
  assert.deepEqual(await server.labels(site), []);
  assert.deepEqual((await hints(`${head}analyses:\n  - method: prediction\n`)) ?? [], []);
  // What the text and the tables say is still said.
  assert.ok((await server.labels(`${head}analyses:\n  - method: ‸`)).includes("grad-cam"));
  const { problems } = await server.problemsOf(`${head}analyses:\n  - method: grad-cma\n`, "unknown-method");
  assert.ok(problems.length > 0);
  assert.deepEqual([server.asked.map(({ method }) => method), server.listed], [[], 0]);
});

test("once the workspace is trusted, the same questions are answered by the model", async () => {
  await server.connection.sendNotification("workspace/didChangeConfiguration", { settings: { restricted: false } });
  await server.hoverSays(python, /1000 classes/, "python");
  assert.ok((await server.labels(site)).length > 20);
});
