import assert from "node:assert/strict";
import { test } from "node:test";
import { Builder, type OperatorTable } from "../builder.ts";
import { operator, type AnyOperator } from "../operator.ts";
import { coreOperators } from "../ops/table.ts";
import { differentiate, type BackwardRule } from "./differentiate.ts";
import { deconvnetRule, guidedRule } from "./rectified.ts";
import { keeps } from "../axes/combine.ts";

const rules: readonly (readonly [string, (operators: OperatorTable) => BackwardRule])[] = [
  ["Guided backpropagation", guidedRule],
  ["Deconvnet", deconvnetRule],
];

/** An operator without traits. */
const novel = operator("Novel", {
  attributes: {},
  inputs: 1,
  axes: keeps,
  infer: ([x]) => [x],
  evaluate: ([x]) => [x],
  backward: ({ grad }) => [grad],
});

const withNovel = (more: Partial<AnyOperator>): OperatorTable =>
  new Map(coreOperators).set("Novel", { ...novel, ...more });

/** Names of the operators in the backward pass through one node. */
function backward(op: string, operators: OperatorTable, rule: BackwardRule): readonly string[] {
  const b = new Builder(operators);
  const x = b.input("x", { dtype: "float32", shape: [2, 3] });
  const y = b.apply(op, [x], {}, { origin: "layer 7" });
  const before = b.nodes.length;
  differentiate(b, [{ of: y, cotangent: b.input("dy", y) }], [x], rule);
  return b.nodes.slice(before).map((node) => node.op);
}

for (const [name, rule] of rules) {
  test(`${name} rectifies the cotangent at every rectifier, and nowhere else`, () => {
    const changed = [...coreOperators.keys()].filter((op) =>
      rule(coreOperators)({ op, inputs: [], outputs: [], attributes: {} }),
    );
    assert.deepEqual(changed.sort(), ["Clip", "LeakyRelu", "PRelu", "Relu", "ThresholdedRelu"]);
    assert.equal(backward("Relu", coreOperators, rule(coreOperators)).at(-1), "Relu");
    assert.ok(!backward("Elu", coreOperators, rule(coreOperators)).includes("Relu"));
  });

  test(`${name} rejects an operator without traits; the error names the operator and the node, and gives a hint`, () => {
    const operators = withNovel({});
    assert.throws(() => backward("Novel", operators, rule(operators)), {
      name: "GlassboxError",
      kind: "unsupported",
      message: new RegExp(`^${name} cannot go back through the operator Novel: .*node "layer 7".* Use the gradient `),
    });
  });

  test(`${name} goes back through an operator whose traits say that it is not a rectifier`, () => {
    const operators = withNovel({ traits: { kind: "elementwise" } });
    assert.deepEqual(backward("Novel", operators, rule(operators)), []);
  });

  test(`${name} needs no traits of an operator that passes no gradient`, () => {
    const operators = withNovel({ backward: "none" });
    assert.deepEqual(backward("Novel", operators, rule(operators)), []);
  });
}
