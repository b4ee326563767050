/** A question about operators is a trait next to their laws. A list of names elsewhere misses the next operator unsaid. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { coreOperators } from "./table.ts";

const src = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "src");

/** Where a name decides by itself, each with the reason. */
const byName: readonly (readonly [folder: string, reason: string])[] = [
  ["graph/ops/", "the operators themselves"],
  ["graph/random-graph.ts", "chooses which operators random graphs are made of"],
  ["formats/onnx/lower/", "names of the file's operators, not of the core's"],
  ["formats/keras/", "names of the file's layers and functions, not of the core's operators"],
  ["runtime/", "a kernel or an emitted pattern for each operator"],
];

/** The operators that a file lists: elements of arrays, keys of records, and names it compares with. One name is no list. */
function listed(code: string): readonly string[] {
  const plain = code.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const names = [
    ...[...plain.matchAll(/\[((?:\s*"\w+"\s*,?)+)\s*\]/g)].flatMap(([, elements]) => elements!.match(/\w+/g) ?? []),
    ...[...plain.matchAll(/\[\s*"(\w+)"\s*,/g)].map(([, name]) => name!),
    ...[...plain.matchAll(/^\s*"?(\w+)"?:\s/gm)].map(([, name]) => name!),
    ...[...plain.matchAll(/[!=]==?\s*"(\w+)"|\bcase "(\w+)"/g)].map(([, compared, switched]) => compared ?? switched!),
  ].filter((name) => coreOperators.has(name));
  return names.length > 1 ? [...new Set(names)].sort() : [];
}

test("lists are found however they are written, and single names are none", () => {
  assert.deepEqual(listed('const a = new Set(["Relu", "Clip"]);'), ["Clip", "Relu"]);
  assert.deepEqual(listed('const a = new Set([\n  "Relu",\n  "Mish",\n  "Clip",\n]);'), ["Clip", "Relu"]);
  assert.deepEqual(listed('const a = new Map([["Softmax", 1],\n  ["Sigmoid", 2]]);'), ["Sigmoid", "Softmax"]);
  assert.deepEqual(listed("const a = {\n  Conv: 1,\n  Gemm: 2,\n};"), ["Conv", "Gemm"]);
  assert.deepEqual(listed('if (op === "Reshape" || node.op !== "Identity") f();'), ["Identity", "Reshape"]);
  assert.deepEqual(listed('switch (op) {\n  case "Add":\n  case "Mul":\n}'), ["Add", "Mul"]);
  assert.deepEqual(listed('if (op === "Cast") b.apply("Relu", [b.apply("Add", [x, y])]);'), []);
  assert.deepEqual(listed('/** ["Relu", "Clip"] */\n// ["Relu", "Clip"]\n'), []);
});

test("no list of operator names stands outside the operators", () => {
  const files = fs
    .readdirSync(src, { recursive: true, encoding: "utf8" })
    .map((file) => file.split(path.sep).join("/"))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"));
  assert.ok(files.length > 300, "the sources are here");
  const lists = files
    .filter((file) => !byName.some(([folder]) => file.startsWith(folder)))
    .flatMap((file) => {
      const names = listed(fs.readFileSync(path.join(src, file), "utf8"));
      return names.length > 0 ? [`src/${file}: ${names.join(", ")}`] : [];
    });
  assert.deepEqual(lists, [], "declare a trait in src/graph/traits.ts instead");
});
