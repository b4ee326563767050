import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type * as vscode from "vscode";
import type { CancellationToken } from "vscode-jsonrpc/node";
import { fakePanel, type FakePanel } from "../../../test/extension/fake-panel.ts";
import type { EngineClient } from "../../client/engine-client.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import { initializePanel, openPanel, shown, type PanelName } from "../../protocol/panel.ts";
import { ask, askEvent, readAnswer, type Question } from "../../protocol/question.ts";
import { PanelHost, type PanelWindow } from "./host.ts";

const model = "/models/net.onnx";

const whole = (panel: FakePanel): vscode.WebviewPanel => panel as unknown as vscode.WebviewPanel;

/** A host in a window without VS Code, with an engine that answers what it is asked. */
function start(trusted = true) {
  const opened: { readonly name: PanelName; readonly panel: FakePanel; readonly fake: ReturnType<typeof fakePanel> }[] =
    [];
  const rendered: string[] = [];
  const restricted: string[] = [];
  const trustListeners = new Set<() => void>();
  const begun: string[] = [];
  const asked: string[] = [];
  const tokens: CancellationToken[] = [];
  const engine = {
    analyses: async () =>
      [{ id: "prediction", takes: "picture", gives: "model-output" }] as unknown as readonly AnalysisCard[],
    request: async ({ method }: { readonly method: string }) => void begun.push(method),
    ask: async () => void begun.push("ask"),
    forward: async (method: string) => (asked.push(`${method} forwarded`), { method }),
    forwardJob: async (
      method: string,
      { job }: { readonly job: string },
      listen: (kind: string, event: unknown) => void,
      token: CancellationToken,
    ) => {
      asked.push(`${method} as a job`);
      tokens.push(token);
      listen(askEvent.method, { job, progress: { done: 1, total: 2, note: "half" } });
      if (job === "long") await new Promise((resolve) => token.onCancellationRequested(resolve));
      return { job };
    },
  };
  const kept = new Map<string, unknown>();
  const memento = {
    get: (key: string) => kept.get(key),
    update: async (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
  };
  const window: PanelWindow = {
    create: ({ name }) => {
      const fake = fakePanel();
      opened.push({ name, panel: fake.panel, fake });
      return whole(fake.panel);
    },
    allow: () => undefined,
    answer: () => undefined,
    isTrusted: () => trusted,
    onTrusted: (listener) => {
      trustListeners.add(listener);
      return { dispose: () => trustListeners.delete(listener) };
    },
    restrict: (_panel, { name }, file) => restricted.push(`${name}: ${file}`),
    render: (_panel, { name }, title) => rendered.push(`${name}: ${title}`),
  };
  const host = new PanelHost(window, engine as unknown as EngineClient, memento as unknown as vscode.Memento);
  const trust = (): void => {
    for (const listen of [...trustListeners]) listen();
  };
  return { host, opened, rendered, restricted, begun, asked, tokens, trust, trustListeners };
}

test("a panel is rendered, greets with its model, its intent and all analyses, and is named after its model", async () => {
  const { host, opened, rendered } = start();
  host.open("explain", model, { picture: "/cat.png" });
  const { panel, fake } = opened[0]!;
  assert.equal(panel.title, "net.onnx");
  assert.deepEqual(rendered, ["explain: Glassbox: net.onnx"]);
  const { analyses, ...hello } = await fake.page.sendRequest(initializePanel);
  assert.deepEqual(hello, { model, modelName: "net.onnx", intent: { version: 1, model, picture: "/cat.png" } });
  assert.deepEqual(
    analyses.map(({ id }) => id),
    ["prediction"],
  );
});

test("what is shown names the tab, comes back after a reload, and is what a page that loads again begins with", async () => {
  const { host, opened } = start();
  const { page } = (host.open("explain", model), opened[0]!).fake;
  const intent = { version: 1, panel: "a", model, picture: "/dog.png", style: "signed" };
  await page.sendNotification(shown, { title: "dog.png", intent });
  await turn();
  assert.equal(opened[0]!.panel.title, "dog.png · net.onnx");
  assert.deepEqual((await page.sendRequest(initializePanel)).intent, intent);

  const after = fakePanel();
  host.restore("explain", whole(after.panel), undefined);
  assert.deepEqual((await after.page.sendRequest(initializePanel)).intent, intent, "of the model opened last");
});

test("a new panel takes from the last one of its model only what it is about", async () => {
  const { host, opened } = start();
  host.open("unit", model);
  const intent = { version: 1, model, site: "blocks.5", channel: 20, options: { steps: 64 } };
  await opened[0]!.fake.page.sendNotification(shown, { title: "blocks.5:20", intent });
  await turn();
  host.open("unit", model);
  host.open("unit", "/models/other.onnx");
  const begun = await Promise.all(opened.slice(1).map(({ fake }) => fake.page.sendRequest(initializePanel)));
  assert.deepEqual(begun[0]!.intent, { version: 1, model, site: "blocks.5", channel: 20 });
  assert.deepEqual(begun[1]!.intent, { version: 1, model: "/models/other.onnx" });
});

test("nothing to come back with closes the panel", () => {
  const { host } = start();
  const { panel } = fakePanel();
  let closed = false;
  panel.onDidDispose(() => (closed = true));
  host.restore("probe", whole(panel), undefined);
  assert.ok(closed);
});

test("a panel opens another of its model, with what that is to show", async () => {
  const { host, opened } = start();
  host.open("explain", model);
  const wanted = { site: "blocks.1", channel: 3, view: "layer" };
  await opened[0]!.fake.page.sendNotification(openPanel, { panel: "unit", intent: wanted });
  await turn();
  assert.equal(opened[1]!.name, "unit");
  assert.deepEqual((await opened[1]!.fake.page.sendRequest(initializePanel)).intent, { version: 1, model, ...wanted });
});

test("questions are jobs whose events come back; reading an answer is none, although it names the job", async () => {
  const { host, opened, asked, tokens } = start();
  host.open("ask", model);
  const { page, close } = opened[0]!.fake;
  const events: string[] = [];
  page.onNotification(askEvent, ({ job, progress }) => void events.push(`${job} ${progress.note}`));
  await page.sendRequest(ask, { job: "a" } as Question);
  await page.sendRequest(readAnswer, { job: "a", row: 0, column: 0 });
  assert.deepEqual(events, ["a half"]);
  assert.deepEqual(asked, ["analysis/ask as a job", "answer/read forwarded"]);

  const begun = new Promise((resolve) => page.onNotification(askEvent, resolve));
  void page.sendRequest(ask, { job: "long" } as Question).catch(() => undefined);
  await begun;
  assert.equal(tokens[1]?.isCancellationRequested, false);
  close();
  assert.equal(tokens[1]?.isCancellationRequested, true, "closing the panel stops its work");
});

test("any panel can be an editor of model files: VS Code gives the panel, the host serves it", async () => {
  const { host, opened, rendered } = start();
  const { panel, page } = fakePanel();
  host.edit("explain", model, whole(panel));
  assert.equal(opened.length, 0, "no panel of its own is made");
  assert.deepEqual(rendered, ["explain: Glassbox: net.onnx"]);
  assert.deepEqual((await page.sendRequest(initializePanel)).intent, { version: 1, model });
});

test("in Restricted Mode a panel that VS Code opens asks the engine nothing, until the workspace is trusted", async () => {
  const { host, rendered, restricted, begun, asked, trust } = start(false);
  const [edited, restored] = [fakePanel(), fakePanel()];
  host.edit("explain", model, whole(edited.panel));
  host.restore("text", whole(restored.panel), { model: "/models/llm.gguf" });
  await turn();
  assert.deepEqual(restricted, [`explain: ${model}`, "text: /models/llm.gguf"]);
  assert.deepEqual([rendered, begun, asked], [[], [], []]);
  assert.equal(edited.panel.title, "net.onnx");

  trust();
  assert.deepEqual(rendered, ["explain: Glassbox: net.onnx", "text: Glassbox: llm.gguf"]);
  assert.deepEqual((await edited.page.sendRequest(initializePanel)).intent, { version: 1, model });
  trust();
  assert.equal(rendered.length, 2, "once");
});

test("in Restricted Mode a command is asked for, so it opens; a closed panel waits for nothing", () => {
  const { host, rendered, restricted, trustListeners } = start(false);
  host.open("explain", model);
  assert.deepEqual([rendered.length, restricted.length], [1, 0]);
  const { panel, close } = fakePanel();
  host.edit("explain", model, whole(panel));
  assert.equal(trustListeners.size, 1);
  close();
  assert.equal(trustListeners.size, 0);
});
