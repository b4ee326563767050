import assert from "node:assert/strict";
import { test } from "node:test";
import { scopeOf } from "./module-scope.ts";
import type { OnnxNode } from "./records.ts";

const node = (name: string, opType: string, scopes?: string): OnnxNode => ({
  name,
  opType,
  domain: "",
  overload: "",
  inputs: [],
  outputs: ["y"],
  attributes: new Map(),
  offset: 0,
  metadata: new Map(scopes === undefined ? [] : [["pkg.torch.onnx.name_scopes", scopes]]),
});

test("the dynamo exporter's list is the modules from outside in, then the operation", () => {
  assert.deepEqual(scopeOf(node("node_Conv_1", "Conv", "['', '_blocks.0', '_blocks.0._bn1', 'batch_norm_1']")), {
    modules: ["_blocks.0", "_blocks.0._bn1"],
    operation: "batch_norm_1",
  });
  assert.deepEqual(scopeOf(node("", "Add", "['', 'add']")), { modules: [], operation: "add" });
});

test("the older exporter's names are put together as PyTorch names its modules", () => {
  const modules = (name: string, op: string) => scopeOf(node(name, op))?.modules.at(-1);
  assert.equal(modules("/conv1/Conv", "Conv"), "conv1");
  assert.equal(modules("/layer1/layer1.0/conv1/Conv", "Conv"), "layer1.0.conv1");
  assert.equal(modules("/features/features.3/conv/conv.1/conv.1.0/Conv", "Conv"), "features.3.conv.1.0");
  assert.equal(modules("/layer1/layer1.0/relu_1/Relu", "Relu"), "layer1.0.relu_1");
});

test("other names are no module paths", () => {
  assert.equal(scopeOf(node("Conv_12", "Conv")), undefined);
  assert.equal(scopeOf(node("", "Conv")), undefined);
  assert.equal(scopeOf(node("/not/an/operator", "Conv")), undefined);
  assert.equal(scopeOf(node("model/block1/conv/Conv2D", "Conv")), undefined);
});
