import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { startEngine } from "../../src/engine/engine.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import type { Asker } from "../../src/engine/ask/asker.ts";
import type { EngineSettings } from "../../src/protocol/engine.ts";
import { GlassboxError } from "../../src/tensor/errors.ts";
import { Random } from "../../src/tensor/random.ts";
import { toNumbers, type Tensor } from "../../src/tensor/tensor.ts";
import { classes, replace, scoresOf, writeLinear, writeOnes } from "./linear-network.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-changing-"));
after(() => fs.rmSync(root, { recursive: true, force: true }));
let number = 0;
const fresh = (): string => {
  const folder = path.join(root, String(number++));
  fs.mkdirSync(folder);
  writeOnes(path.join(folder, "x.npy"));
  return folder;
};

const engineOn = (cacheFolder: string): Asker => {
  const settings: EngineSettings = { cacheFolder, memoryBudgetBytes: 2 ** 30, runtime: "onnxruntime", weights: "auto" };
  return startEngine(settings, startRuntime(settings)).asker;
};

interface Found {
  readonly scores: readonly number[];
  readonly names: readonly (string | undefined)[];
  readonly sha256: string;
  readonly cached: boolean;
}

let jobs = 0;
async function predict(asker: Asker, folder: string, file = "m.onnx"): Promise<Found> {
  const { data, provenance, cached } = await asker.ask(
    {
      job: String(jobs++),
      analysis: "prediction",
      model: path.join(folder, file),
      subject: { kind: "picture", input: { path: path.join(folder, "x.npy") } },
      options: {},
      detail: "exact",
    },
    () => undefined,
    () => false,
  );
  const { logits, top } = data as unknown as { logits: Tensor; top: readonly { index: number; name?: string }[] };
  return {
    scores: toNumbers(logits),
    names: [...top].sort((a, b) => a.index - b.index).map(({ name }) => name),
    sha256: provenance.model.sha256,
    cached,
  };
}

test("weights next to a model are part of what it is: after they change, no answer or weight of the old ones is used", async () => {
  const [folder, cache] = [fresh(), fresh()];
  writeLinear(path.join(folder, "m.onnx"), 1, "m.data");
  const running = engineOn(cache);
  const first = await predict(running, folder);
  assert.deepEqual(first.scores, scoresOf(1));
  assert.equal((await predict(running, folder)).cached, true);
  writeLinear(path.join(folder, "m.onnx"), 2, "m.data");
  for (const asker of [running, engineOn(cache)]) {
    const { scores, sha256 } = await predict(asker, folder);
    assert.deepEqual(scores, scoresOf(2));
    assert.notEqual(sha256, first.sha256);
  }
});

test("class names that change are noticed, by a running engine and by the next one", async () => {
  const [folder, cache] = [fresh(), fresh()];
  writeLinear(path.join(folder, "m.onnx"), 1);
  const namesOf = (word: string): string => Array.from({ length: classes }, (_, i) => `${word}${i}\n`).join("");
  replace(path.join(folder, "classes.txt"), namesOf("old"));
  const running = engineOn(cache);
  assert.equal((await predict(running, folder)).names[4], "old4");
  replace(path.join(folder, "classes.txt"), namesOf("new"));
  for (const asker of [running, engineOn(cache)]) assert.equal((await predict(asker, folder)).names[4], "new4");
  fs.rmSync(path.join(folder, "classes.txt"));
  assert.equal((await predict(running, folder)).names[4], "class 4");
});

test("a model that is one file keeps the SHA-256 that every other program computes", async () => {
  const folder = fresh();
  writeLinear(path.join(folder, "m.onnx"), 3);
  const { createHash } = await import("node:crypto");
  const own = createHash("sha256")
    .update(fs.readFileSync(path.join(folder, "m.onnx")))
    .digest("hex");
  assert.equal((await predict(engineOn(fresh()), folder)).sha256, own);
});

test("weights that rotted or were zeroed in the cache are stored again", async () => {
  const [folder, cache] = [fresh(), fresh()];
  writeLinear(path.join(folder, "m.onnx"), 4);
  await predict(engineOn(cache), folder);
  const weights = path.join(cache, "weights");
  const [name] = fs.readdirSync(weights).filter((each) => each.endsWith(".weights"));
  fs.rmSync(path.join(cache, "answers"), { recursive: true });
  fs.writeFileSync(path.join(weights, name!), new Uint8Array(fs.statSync(path.join(weights, name!)).size));
  assert.deepEqual((await predict(engineOn(cache), folder)).scores, scoresOf(4));
});

test("a cache that is removed, cannot be written, or lies under another clock changes no answer", async () => {
  const [folder, cache] = [fresh(), fresh()];
  writeLinear(path.join(folder, "m.onnx"), 5);
  writeLinear(path.join(folder, "n.onnx"), 6);
  const running = engineOn(cache);
  assert.deepEqual((await predict(running, folder)).scores, scoresOf(5));
  fs.rmSync(cache, { recursive: true });
  assert.deepEqual((await predict(running, folder)).scores, scoresOf(5));
  assert.deepEqual((await predict(running, folder, "n.onnx")).scores, scoresOf(6));
  for (const time of [1, 4_102_444_800]) {
    for (const each of fs.readdirSync(cache, { recursive: true, encoding: "utf8" }))
      fs.utimesSync(path.join(cache, each), time, time);
    assert.deepEqual((await predict(engineOn(cache), folder)).scores, scoresOf(5));
  }
  const file = path.join(fresh(), "file");
  fs.writeFileSync(file, "");
  assert.deepEqual((await predict(engineOn(path.join(file, "cache")), folder)).scores, scoresOf(5));
});

/** The moves of another program, each of which leaves a version of its own or nothing. */
function mover(folder: string, random: Random): { move(): void; readonly versions: Set<number> } {
  const versions = new Set<number>([1]);
  const model = path.join(folder, "m.onnx");
  const data = path.join(folder, "m.data");
  let latest = 1;
  const write = (): void => {
    versions.add(++latest);
    writeLinear(model, latest, "m.data");
  };
  const moves: readonly (() => void)[] = [
    write,
    write,
    // Over the old one, in place and then again whole: half a file is never an answer.
    () => {
      versions.add(++latest);
      const whole = new Float32Array(1500);
      whole.set(scoresOf(latest));
      fs.writeFileSync(data, new Uint8Array(whole.buffer));
    },
    () => (fs.truncateSync(data, 100), write()),
    () => (fs.truncateSync(model, 20), write()),
    () => (fs.rmSync(data), write()),
    () => (fs.rmSync(model), write()),
    // The weights become a link to another version next to them.
    () => {
      versions.add(++latest);
      writeLinear(path.join(folder, "other.onnx"), latest, "other.data");
      fs.symlinkSync("other.data", `${data}.link`);
      fs.renameSync(`${data}.link`, data);
    },
  ];
  return { versions, move: () => moves[Math.floor(random.uniform() * moves.length)]!() };
}

const moves = Number(process.env.GLASSBOX_MOVES ?? 24);

test(`${moves} moves at random moments: no answer belongs to no version`, async () => {
  const [folder, cache] = [fresh(), fresh()];
  const random = new Random(5);
  writeLinear(path.join(folder, "m.onnx"), 1, "m.data");
  const { move, versions } = mover(folder, random);
  const rest = { over: false };
  const moving = (async () => {
    for (let done = 0; done < moves; done++) {
      await new Promise((resolve) => setTimeout(resolve, random.uniform() * 80));
      move();
    }
    rest.over = true;
  })();
  let [answered, refused] = [0, 0];
  const check = async (asker: Asker): Promise<void> => {
    try {
      const { scores } = await predict(asker, folder);
      assert.ok(
        [...versions].some((version) => String(scoresOf(version)) === String(scores)),
        String(scores),
      );
      answered++;
    } catch (error) {
      if (!(error instanceof GlassboxError)) throw error;
      refused++;
    }
  };
  const running = engineOn(cache);
  while (!rest.over) {
    await check(running);
    await check(engineOn(cache));
    // An answer from the disk waits for nothing, and would never let the mover have its turn.
    await new Promise(setImmediate);
  }
  await moving;
  // At rest, both answer what is there, also from the cache that they filled meanwhile.
  const last = scoresOf(Math.max(...versions));
  for (const asker of [running, engineOn(cache)]) assert.deepEqual((await predict(asker, folder)).scores, last);
  assert.ok(answered > 0, `${answered} answered, ${refused} refused`);
});
