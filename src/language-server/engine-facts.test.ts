import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { CancellationToken, CancellationTokenSource } from "vscode-languageserver";
import { EngineFacts } from "./engine-facts.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-facts-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const { None } = CancellationToken;

const file = (name: string): string => {
  const place = path.join(folder, name);
  fs.writeFileSync(place, name);
  return place;
};

test("a file is asked about once, again when it changes, and by what it holds", async () => {
  const asked: string[] = [];
  const facts = new EngineFacts(async (method) => {
    asked.push(method);
    return { kind: "network", sites: [] };
  });
  const model = file("a.onnx");
  assert.equal((await facts.known(model, None))?.kind, "picture");
  await facts.known(model, None);
  fs.writeFileSync(model, "longer than before");
  await facts.known(model, None);
  assert.equal((await facts.known(file("b.gguf"), None))?.kind, "text");
  assert.deepEqual(asked, ["model/open", "model/open", "model/outline"]);
  assert.equal(await facts.known(path.join(folder, "none.onnx"), None), undefined);
});

test("what the engine could not say is asked again, but not at once: it may have crashed, or the file be no model", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 0 });
  let asked = 0;
  const facts = new EngineFacts(async () => {
    if (asked++ === 0) throw new Error("the engine stopped");
    return { kind: "network", sites: [] };
  });
  const model = file("c.onnx");
  assert.equal(await facts.model(model, None), undefined);
  assert.equal(await facts.model(model, None), undefined);
  assert.equal(asked, 1);
  context.mock.timers.setTime(20_000);
  assert.ok(await facts.model(model, None));
});

test("only the call that starts the computation of statistics waits for them, and leaving stops them", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let [asked, stopped] = [0, 0];
  const facts = new EngineFacts((_method, _params, token) => {
    asked++;
    return new Promise((resolve) => token.onCancellationRequested(() => resolve(void stopped++)));
  });
  const model = file("d.onnx");
  const leaving = new CancellationTokenSource();
  const first = facts.statistics(model, leaving.token);
  leaving.cancel();
  assert.equal(await first, undefined);
  assert.deepEqual([asked, stopped], [1, 1]);
  let waited = false;
  const second = facts.statistics(model, None).then(() => (waited = true));
  const third = facts.statistics(model, None);
  context.mock.timers.tick(0);
  assert.equal(await third, undefined, "the third waits for nothing");
  context.mock.timers.tick(500);
  await setImmediate();
  assert.equal(waited, false, "the second waits");
  context.mock.timers.tick(10_000);
  await second;
  assert.equal(asked, 2, "the second asked again, the third did not");
});

test("in Restricted Mode nothing is asked of the engine, and afterwards it is", async () => {
  const asked: string[] = [];
  const facts = new EngineFacts(async (method) => {
    asked.push(method);
    return { kind: "network", sites: [] };
  });
  facts.restricted = true;
  const model = file("restricted.onnx");
  assert.deepEqual(
    [
      await facts.known(model, None),
      await facts.languageModel(model, None),
      await facts.statistics(model, None),
      await facts.thumbnail(model, "a", 0, None),
      await facts.problems({ file: model, text: "" }, None),
    ],
    [undefined, undefined, undefined, undefined, undefined],
  );
  assert.deepEqual(asked, []);
  facts.restricted = false;
  assert.ok(await facts.known(model, None));
});
