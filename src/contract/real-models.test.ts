import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { openOnnx } from "../formats/onnx/open.ts";
import { headsOf } from "./heads.ts";

const models = path.resolve(process.env["GLASSBOX_ROOT"] ?? ".", "../shared/models");
const efficientNet = path.join(models, "efficientnet-lite0-imagenet.onnx");
const squeezeNet = path.join(models, "squeezenet1.0-imagenet-fp16.onnx");
const skip = [efficientNet, squeezeNet].every((file) => fs.existsSync(file))
  ? false
  : "the sample models are not here (../shared/models)";

function headOf(file: string) {
  const model = openOnnx(file);
  const { graph, outputs } = model.importWith();
  const [head] = headsOf(graph, outputs, { picture: undefined, named: undefined, said: undefined }).heads;
  model.close();
  return head!;
}

test("SqueezeNet's target is the logit before its softmax", { skip }, () => {
  const { parts, kind, note } = headOf(squeezeNet);
  assert.deepEqual(parts, [{ value: "pool10_1", channelAxis: 1 }]);
  assert.deepEqual(kind.value, { is: "classes", classes: 1000, given: "probabilities" });
  assert.match(note!, /softmax/);
});

test("EfficientNet-Lite0 gives logits: as many as ImageNet has classes", { skip }, () => {
  const { parts, kind } = headOf(efficientNet);
  assert.deepEqual(parts, [{ value: "logits", channelAxis: 1 }]);
  assert.deepEqual([kind.value.is, kind.sure, kind.evidence.from], ["classes", true, "usual"]);
});
