import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { predictionRows } from "../../src/answers/prediction-rows.ts";
import { read } from "../../src/answers/reading/read.ts";
import { readNpy, writeNpy } from "../../src/formats/numpy/npy.ts";
import { memorySource } from "../../src/formats/source.ts";
import type { Prediction } from "../../src/protocol/result.ts";
import { float32, toFloat64 } from "../../src/tensor/tensor.ts";
import { PictureAsker, type Exact } from "./picture-asker.ts";

const given = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "test", "contract");
const pictures = new PictureAsker();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-contract-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const input = { kind: "picture", input: { path: path.join(given, "x64.npy") } } as const;

/** A copy of a model in a folder of its own, so that files can be put next to it. */
function copyOf(model: string): string {
  const own = fs.mkdtempSync(path.join(folder, "model-"));
  fs.copyFileSync(path.join(given, model), path.join(own, model));
  return path.join(own, model);
}

const predictOf = (model: string, file: string): Promise<Exact> =>
  pictures.ask({
    analysis: "prediction",
    model,
    subject: { kind: "picture", input: { path: file } },
    options: { top: 5 },
  });

const predict = (model: string): Promise<Exact> => predictOf(model, input.input.path);

const seen = ({ data }: Exact): Prediction => data as Prediction;

// ONNX Runtime on the file itself.
const right = [0.447, 0.72, 0.619, 0.867, 0.347];

test("several labels: each has its own probability, in the list, the readings and the file", async () => {
  const answer = await predict(path.join(given, "multilabel.onnx"));
  const data = seen(answer);
  assert.ok(data.is === "independent");
  for (const { index, probability } of data.top) assert.ok(Math.abs(probability - right[index]!) < 6e-4, `${index}`);
  assert.deepEqual(
    predictionRows(data).map(({ figure }) => figure),
    ["86.7 %", "72.0 %", "61.9 %", "44.7 %", "34.7 %"],
  );
  const context = { classNames: undefined, mask: () => assert.fail() };
  const { value } = read(answer, "probability(3)", context);
  assert.ok(Math.abs((value as number) - 0.8666778) < 1e-6);
  assert.deepEqual(
    answer.certificate.map(({ id, value: figure }) => [id, figure]),
    [["above-half", "3 of 5"]],
  );
});

test("an answer is kept with its names: other names, or none, are another answer", async () => {
  const model = copyOf("net.onnx");
  const classes = path.join(path.dirname(model), "classes.txt");
  const bestName = async (names: readonly string[] | undefined): Promise<string> => {
    if (names) fs.writeFileSync(classes, `${names.join("\n")}\n`);
    else fs.rmSync(classes);
    const data = seen(await predict(model));
    assert.ok(data.is === "classes");
    assert.equal(data.top[0]!.index, 0);
    assert.ok(Math.abs(data.top[0]!.probability - 0.823) < 5e-4);
    return data.top[0]!.name;
  };
  const names = ["kitten", "puppy", "duck", "cow", "hen"];
  assert.equal(await bestName(names), "kitten");
  assert.equal(await bestName(names.toReversed()), "hen");
  assert.equal(await bestName(undefined), "class 0");
});

test("a vector is compared with another input's: the cosine of what the network gives both", async () => {
  const model = copyOf("net.onnx");
  fs.writeFileSync(model.replace(/onnx$/, "glassbox.json"), JSON.stringify({ kind: "embedding" }));
  const numbers = readNpy(memorySource("x64.npy", fs.readFileSync(path.join(given, "x64.npy"))));
  const other = path.join(path.dirname(model), "other.npy");
  fs.writeFileSync(
    other,
    writeNpy(
      float32(
        numbers.shape,
        toFloat64(numbers).map((value, i) => (i % 2 ? value : -value)),
      ),
    ),
  );
  const vectorOf = async (file: string): Promise<Float64Array> => {
    const data = seen(await predictOf(model, file));
    assert.ok(data.is === "embedding");
    return toFloat64(data.values);
  };
  const [a, b] = [await vectorOf(input.input.path), await vectorOf(other)];
  const dot = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const answer = await pictures.ask({ analysis: "gradient", model, subject: input, target: `similarity:${other}` });
  const explains = answer.certificate.find(({ id }) => id === "target")!;
  assert.ok(Math.abs(explains.numbers["score"]! - cosine) < 1e-5, `${explains.numbers["score"]} and ${cosine}`);
  assert.match(answer.provenance.target!, /other\.npy#[0-9a-f]{12}"$/);
});

test("a list of the wrong length is refused with a sentence", async () => {
  const model = copyOf("net.onnx");
  fs.writeFileSync(path.join(path.dirname(model), "classes.txt"), "one\ntwo\nthree\n");
  const data = seen(await predict(model));
  assert.ok(data.is === "classes");
  assert.equal(data.top[0]!.name, "class 0");
});
