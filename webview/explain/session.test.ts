import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import {
  createMessageConnection,
  PortMessageReader,
  PortMessageWriter,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
} from "vscode-jsonrpc/node";
import { analysisCards } from "../../src/methods/table.ts";
import { cheapFirst } from "../../src/protocol/analysis-choice.ts";
import { openModel, prepareInput } from "../../src/protocol/engine.ts";
import { ask, askEvent, type Question } from "../../src/protocol/question.ts";
import { ExplainSession, type Known } from "./session.ts";

const ports: MessagePort[] = [];
afterEach(() => ports.splice(0).forEach((port) => port.close()));

const connect = (port: MessagePort): MessageConnection => {
  ports.push(port);
  const connection = createMessageConnection(new PortMessageReader(port), new PortMessageWriter(port));
  connection.listen();
  return connection;
};

/** A session over a real channel; the far side answers as the engine's protocol says, `slow` methods until they are cancelled. */
function start({
  slow = [],
  broken = [],
}: { readonly slow?: readonly string[]; readonly broken?: readonly string[] } = {}) {
  const { port1, port2 } = new MessageChannel();
  const engine = connect(port1);
  const asked: string[] = [];
  const result = (method: string) => ({
    data: method === "prediction" ? { kind: "model-output", top: [] } : { kind: "planes" },
    certificate: [],
    provenance: {},
    code: { cli: method },
  });
  engine.onRequest(openModel.method, () => ({ kind: "network", name: "m" }));
  engine.onRequest(prepareInput.method, ({ input }: { input: { path: string } }) =>
    input.path === "broken.png"
      ? new ResponseError(1, "no image", {
          kind: "input",
          what: "broken.png is no image",
          where: undefined,
          hint: undefined,
        })
      : { name: input.path, sure: true },
  );
  engine.onRequest<unknown, unknown>(
    ask.method,
    async ({ analysis: method, job, target }: Question, token: CancellationToken) => {
      asked.push(target ? `${method} ${target}` : method);
      if (broken.includes(method))
        return new ResponseError(1, "crash", {
          kind: "crash",
          what: "The engine stopped",
          where: undefined,
          hint: "Try again",
        });
      if (slow.includes(method)) {
        void engine.sendNotification(askEvent, {
          job,
          progress: { done: 1, total: 9, note: "1 of 9" },
          result: result(method),
        } as never);
        while (!token.isCancellationRequested) await sleep(5);
        return { ...result(method), cancelled: true, cached: false };
      }
      return { ...result(method), cancelled: false, cached: false };
    },
  );
  const seen: Known[] = [];
  const session = new ExplainSession(connect(port2), (known) => seen.push(known));
  const states = () => Object.fromEntries([...seen.at(-1)!.runs].map(([method, run]) => [method, run.state]));
  return { session, asked, seen, states };
}

const inOrder = (...ids: readonly string[]): readonly string[] =>
  cheapFirst(ids.map((id) => analysisCards.find((card) => card.id === id)!)).map(({ id }) => id);

const question = {
  model: "m.onnx",
  picture: "cat.png",
  target: undefined,
  prediction: "prediction",
  methods: inOrder("smoothgrad", "grad-cam"),
  options: {},
};

test("the prediction is first, the cheapest map second", async () => {
  const { session, asked, states } = start();
  await session.ask(question);
  assert.deepEqual(asked, ["prediction", "grad-cam", "smoothgrad"]);
  assert.deepEqual(states(), { smoothgrad: "done", "grad-cam": "done" });
});

test("a map that answers the same question stays; another target asks all maps anew but not the prediction", async () => {
  const { session, asked } = start();
  await session.ask(question);
  await session.ask({ ...question, options: { smoothgrad: { samples: 8 } } });
  assert.deepEqual(asked.slice(3), ["smoothgrad"]);
  await session.ask({ ...question, target: "logit:7" });
  assert.deepEqual(asked.slice(4), ["grad-cam logit:7", "smoothgrad logit:7"]);
});

test("cancelled, a run keeps what it had and the next does not begin", async () => {
  const { session, asked, seen, states } = start({ slow: ["grad-cam"] });
  const done = session.ask(question);
  while (!seen.at(-1)?.runs.get("grad-cam")?.result) await sleep(5);
  session.cancel();
  await done;
  assert.deepEqual(states(), { smoothgrad: "cancelled", "grad-cam": "cancelled" });
  assert.ok(seen.at(-1)!.runs.get("grad-cam")!.result);
  assert.deepEqual(asked, ["prediction", "grad-cam"]);
});

test("an answer to an old question is dropped", async () => {
  const { session, seen } = start({ slow: ["grad-cam"] });
  const old = session.ask(question);
  while (seen.at(-1)?.runs.get("grad-cam")?.state !== "running") await sleep(5);
  const next = session.ask({ ...question, picture: "dog.png", methods: ["smoothgrad"] });
  await Promise.all([old, next]);
  assert.deepEqual([...seen.at(-1)!.runs.keys()], ["smoothgrad"]);
  assert.equal(seen.at(-1)!.prepared?.name, "dog.png");
});

test("a crash costs its own map; the others go on", async () => {
  const { session, seen, states } = start({ broken: ["grad-cam"] });
  await session.ask(question);
  assert.deepEqual(states(), { smoothgrad: "done", "grad-cam": "failed" });
  assert.equal(seen.at(-1)!.runs.get("grad-cam")!.failure?.what, "The engine stopped");
});

test("what fails before any map is one failure, and asking again is possible", async () => {
  const { session, seen, states } = start();
  await session.ask({ ...question, picture: "broken.png" });
  assert.equal(seen.at(-1)!.failure?.what, "broken.png is no image");
  await session.ask(question);
  assert.equal(seen.at(-1)!.failure, undefined);
  assert.deepEqual(states(), { smoothgrad: "done", "grad-cam": "done" });
});
