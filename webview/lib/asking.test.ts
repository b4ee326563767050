import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import {
  createMessageConnection,
  PortMessageReader,
  PortMessageWriter,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
} from "vscode-jsonrpc/node";
import { ask, askEvent, type Question } from "../../src/protocol/question.ts";
import { startAsking, type Asked, type PanelQuestion } from "./asking.ts";

const ports: MessagePort[] = [];
afterEach(() => ports.splice(0).forEach((port) => port.close()));

const connect = (port: MessagePort): MessageConnection => {
  ports.push(port);
  const connection = createMessageConnection(new PortMessageReader(port), new PortMessageWriter(port));
  connection.listen();
  return connection;
};

const result = { data: { kind: "grid" }, certificate: [], provenance: {}, code: { cli: "" } };

/** The engine at the other end of a real channel: two parts, then the answer, or what the analysis' id says. */
function start() {
  const { port1, port2 } = new MessageChannel();
  const engine = connect(port1);
  const questions: Question[] = [];
  engine.onRequest<unknown, unknown>(ask.method, async (question: Question, token: CancellationToken) => {
    questions.push(question);
    for (const part of [1, 2])
      await engine.sendNotification(askEvent, {
        job: question.job,
        progress: { done: part, total: 2, note: `part ${part}` },
        part: part as never,
      });
    if (question.analysis === "broken")
      return new ResponseError(1, "no", { kind: "input", what: "no such file", where: undefined, hint: undefined });
    if (question.analysis === "long") await new Promise((resolve) => token.onCancellationRequested(resolve));
    return { ...result, cancelled: token.isCancellationRequested, cached: false };
  });
  return { connection: connect(port2), questions };
}

const question = (analysis: string): PanelQuestion => ({
  analysis,
  model: "m",
  subject: { kind: "prompt", prompt: { ids: [1] } },
  options: {},
});

test("what comes on the way is collected, in order, and stays with the answer", async () => {
  const { connection } = start();
  const seen: Asked[] = [];
  const asked = await startAsking(connection, question("a"), (now) => seen.push(now)).settled;
  assert.deepEqual([asked.state, asked.parts, asked.progress], ["done", [1, 2], undefined]);
  assert.deepEqual(
    seen.map(({ state, progress }) => [state, progress?.note]),
    [
      ["running", undefined],
      ["running", "part 1"],
      ["running", "part 2"],
      ["done", undefined],
    ],
  );
});

test("parts that are dropped are heard once and not kept", async () => {
  const { connection } = start();
  const heard: unknown[] = [];
  const asked = await startAsking(connection, question("a"), (_, part) => part && heard.push(part), "dropped").settled;
  assert.deepEqual([heard, asked.parts], [[1, 2], []]);
});

test("two questions have jobs of their own, and each hears its own events", async () => {
  const { connection, questions } = start();
  const both = ["a", "b"].map((each) => startAsking(connection, question(each), () => undefined).settled);
  for (const { parts } of await Promise.all(both)) assert.deepEqual(parts, [1, 2]);
  assert.notEqual(questions[0]!.job, questions[1]!.job);
  assert.deepEqual(
    questions.map(({ detail }) => detail),
    ["display", "display"],
  );
});

test("a failure is a state, with its sentence", async () => {
  const { connection } = start();
  const { state, failure } = await startAsking(connection, question("broken"), () => undefined).settled;
  assert.deepEqual([state, failure?.what], ["failed", "no such file"]);
});

test("cancelled, it keeps what it had", async () => {
  const { connection } = start();
  const asking = startAsking(connection, question("long"), ({ progress }) => {
    if (progress?.done === 2) asking.cancel();
  });
  const asked = await asking.settled;
  assert.deepEqual([asked.state, asked.parts, asked.result?.data.kind], ["cancelled", [1, 2], "grid"]);
});

test("of progress that comes faster than the page draws, the newest is heard, with the result that came before it", async () => {
  const { port1, port2 } = new MessageChannel();
  const engine = connect(port1);
  engine.onRequest<unknown, unknown>(ask.method, async ({ job }: Question) => {
    const progress = { done: 1, total: 2, note: "half" };
    await engine.sendNotification(askEvent, { job, progress, result: result as never });
    await engine.sendNotification(askEvent, { job, progress: { ...progress, note: "more" } });
    return new Promise((resolve) => setTimeout(() => resolve({ ...result, cancelled: false, cached: false }), 50));
  });
  const seen: Asked[] = [];
  await startAsking(connect(port2), question("a"), (now) => seen.push(now)).settled;
  const halves = seen.filter(({ progress }) => progress !== undefined);
  assert.deepEqual([halves.at(-1)!.progress!.note, halves.at(-1)!.result], ["more", result]);
  assert.ok(halves.length <= 2);
});
