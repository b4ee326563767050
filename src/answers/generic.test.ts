import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "./reading/read.ts";
import type { GenericAnswer } from "../protocol/answer-data.ts";
import { answerFile, answerKind, headline } from "./table.ts";

const resultOf = (data: GenericAnswer) => ({
  data,
  certificate: [],
  provenance: { analysis: "fixture" } as never,
  code: { cli: "" },
});

/** What a claim reads, or why it cannot. */
function value(data: GenericAnswer, path: string): unknown {
  const { value: found, why } = read(resultOf(data), path, { classNames: undefined, mask: () => assert.fail() });
  return found ?? why;
}

const lines = (data: GenericAnswer): readonly string[] => answerKind(data.kind).lines(data as never);

test("a measure is read by its names, with intervals and curves", () => {
  const data: GenericAnswer = {
    kind: "measure",
    numbers: [
      { name: "faithfulness", value: 0.875, unit: "", interval: [0.75, 1] },
      { name: "loss", value: 2, unit: "nats" },
    ],
    curves: [
      {
        title: "faithfulness by edges",
        xAxis: "edges",
        yAxis: "faithfulness",
        lines: [{ name: "top", x: Float64Array.of(1, 2, 3), y: Float64Array.of(0.5, 0.9, 0.8) }],
      },
    ],
  };
  assert.deepEqual(
    ["number(loss)", "number(faithfulness).low", "curve(top)", "curve(top).greatest"].map((path) => value(data, path)),
    [2, 0.75, 0.8, 0.9],
  );
  assert.match(String(value(data, "number(gain)")), /no number gain; there are faithfulness, loss/);
  assert.match(String(value(data, "number(loss).low")), /has no interval/);
  assert.deepEqual(lines(data), ["faithfulness 0.8750 (0.7500 to 1.000)", "loss 2.000 nats"]);
  assert.equal(String(answerFile(resultOf(data), "csv")).split("\n")[3], "faithfulness by edges,top,1,0.5");
});

test("a graph is read by its edges and nodes, and prints the strongest first", () => {
  const data: GenericAnswer = {
    kind: "graph",
    quantity: "effect",
    nodes: [
      { id: "a0.h1", layer: 0, value: Number.NaN },
      { id: "logits", layer: 1, value: 2 },
    ],
    edges: [
      { from: "embed", to: "logits", value: 0.5 },
      { from: "a0.h1", to: "logits", value: -3 },
    ],
  };
  assert.deepEqual(
    ["edge(a0.h1, logits)", "node(logits)", "edges.count"].map((path) => value(data, path)),
    [-3, 2, 2],
  );
  assert.match(String(value(data, "node(a0.h1)")), /no number of its own/);
  assert.equal(headline(data), "2 edges, the strongest from a0.h1 to logits");
  assert.equal(lines(data)[0], "a0.h1 → logits  -3.000");
  assert.equal(answerFile(resultOf(data), "csv"), "from,to,effect\nembed,logits,0.5\na0.h1,logits,-3\n");
});

test("a table is read by row and column", () => {
  const data: GenericAnswer = {
    kind: "table",
    rowKind: "head",
    columns: [
      { name: "head", unit: "" },
      { name: "score", unit: "nats" },
    ],
    rows: [
      ["0.1", 0.25],
      ["3.2", 10],
    ],
  };
  assert.deepEqual(
    ["cell(3.2, score)", "cell(1, head)", "count"].map((path) => value(data, path)),
    [10, "0.1", 2],
  );
  assert.match(String(value(data, "cell(9, score)")), /no head 9; there are 2/);
  assert.deepEqual(lines(data), ["head  score (nats)", "0.1         0.2500", "3.2          10.00"]);
});

test("pictures count, and are named", () => {
  const picture = { width: 1, height: 1, rgb: Uint8Array.of(1, 2, 3) };
  const data: GenericAnswer = { kind: "pictures", pictures: [{ name: "unit 3", caption: "activation 2.5", picture }] };
  assert.deepEqual(
    ["count", "pictures.1.name"].map((path) => value(data, path)),
    [1, "unit 3"],
  );
  assert.deepEqual(lines(data), ["unit 3  activation 2.5"]);
});
