import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, int, message, string } from "../../../../test/fuzz/protobuf.ts";
import { GlassboxError } from "../../../tensor/errors.ts";
import { memorySource } from "../../source.ts";
import { importOnnx } from "../import.ts";
import { readOnnx } from "../read.ts";
import { attributesOf } from "./attributes.ts";

const integers = (name: string, ...values: readonly number[]): Uint8Array =>
  message(5, string(1, name), ...values.map((value) => int(8, value)), int(20, 7));
const integer = (name: string, value: number): Uint8Array => message(5, string(1, name), int(3, value), int(20, 2));
const word = (name: string, value: string): Uint8Array => message(5, string(1, name), string(4, value), int(20, 3));

const port = (field: number, name: string): Uint8Array =>
  message(
    field,
    string(1, name),
    message(2, message(1, int(1, 1), message(2, ...[1, 1, 8, 8].map((extent) => message(1, int(1, extent)))))),
  );

/** Imports one node of the operator with these attributes. */
function imported(operator: string, version: number, ...attributes: readonly Uint8Array[]): void {
  const node = message(1, string(1, "x"), string(2, "y"), string(3, "pool"), string(4, operator), ...attributes);
  const bytes = bytesOf(
    int(1, 8),
    message(8, string(1, ""), int(2, version)),
    message(7, node, string(2, "g"), port(11, "x"), port(12, "y")),
  );
  importOnnx(readOnnx(memorySource("m.onnx", bytes)));
}

const refused = (sentence: RegExp, ...given: Parameters<typeof imported>): void =>
  void assert.throws(
    () => imported(...given),
    (error) => error instanceof GlassboxError && sentence.test(error.message) && /node "pool"/.test(error.message),
  );

test("an attribute that ONNX does not define for an operator is refused by its name, with what was meant", () => {
  const kernel = integers("kernel_shape", 2, 2);
  imported("MaxPool", 17, kernel, integers("strides", 2, 2));
  refused(/"stride".*Did its exporter mean strides\?/, "MaxPool", 17, kernel, integers("stride", 2, 2));
  refused(/"wobble", which ONNX does not define/, "Relu", 17, integer("wobble", 1));
  imported("Relu", 17, integer("__tool_note", 1));
});

test("an attribute of another version of the operator is refused: its meaning has moved to an input", () => {
  imported("ReduceSum", 11, integers("axes", 2));
  refused(/"axes"/, "ReduceSum", 13, integers("axes", 2));
});

test("an attribute of another kind is refused, and so is a word that auto_pad does not know", () => {
  refused(/"axis" is of kind ints, not int/, "Softmax", 13, integers("axis", 1));
  refused(/"keepdims" is of kind string, not int/, "ReduceMax", 11, word("keepdims", "yes"));
  refused(/auto_pad is "SAME_UPER"/, "MaxPool", 17, integers("kernel_shape", 2, 2), word("auto_pad", "SAME_UPER"));
});

test("the table is the standard's: attributes come and go with versions, and unknown operators have none", () => {
  assert.deepEqual([...attributesOf("BatchNormalization", 8)!.keys()], ["epsilon", "momentum", "spatial"]);
  assert.deepEqual([...attributesOf("BatchNormalization", 17)!.keys()], ["epsilon", "momentum", "training_mode"]);
  assert.equal(attributesOf("Relu", 17)?.size, 0);
  assert.equal(attributesOf("toString", 17), undefined);
});
