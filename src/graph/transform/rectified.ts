import { GlassboxError } from "../../tensor/errors.ts";
import type { Builder, OperatorTable, Value } from "../builder.ts";
import type { Node } from "../graph.ts";
import type { AnyOperator, BackwardLaw } from "../operator.ts";
import type { BackwardRule } from "./differentiate.ts";

/**
 * The operator of a node if the rule changes its backward law, i.e. if it is a rectifier. Clip counts as one, because ReLU6
 * is a Clip, and rules for ReLU alone have no effect in MobileNets. Throws if it is unknown whether an operator is a
 * rectifier.
 */
function rectifierAt({ op, origin }: Node, operators: OperatorTable, method: string): AnyOperator | undefined {
  const operator = operators.get(op)!;
  if (operator.traits === undefined && operator.backward !== "none")
    throw new GlassboxError(
      "unsupported",
      `${method} cannot go back through the operator ${op}: it is unknown whether it is a rectifier`,
      {
        where: origin && `node "${origin}"`,
        hint: "Use the gradient or integrated gradients, which use every operator's true derivative, and please report which model this is.",
      },
    );
  return operator.traits?.kind === "rectifier" ? operator : undefined;
}

const positive = (b: Builder, grad: Value): Value => b.apply("Relu", [grad]);

/** Deconvnet (Zeiler, Fergus 2014, §2.1): a rectifier passes the positive part of the cotangent, whatever the sign of its input. */
const deconvnetLaw: BackwardLaw = ({ grad, inputs, b }) => [positive(b, grad), ...inputs.slice(1).map(() => null)];

/** Guided backpropagation (Springenberg et al. 2015, §3.4): the deconvnet rule combined with the gradient's own mask. */
const guidedLaw =
  (own: BackwardLaw): BackwardLaw =>
  (context) => {
    const [grad = null, ...rest] = own(context);
    return [grad && positive(context.b, grad), ...rest];
  };

export const deconvnetRule =
  (operators: OperatorTable): BackwardRule =>
  (node) =>
    rectifierAt(node, operators, "Deconvnet") && deconvnetLaw;

export const guidedRule =
  (operators: OperatorTable): BackwardRule =>
  (node) => {
    const own = rectifierAt(node, operators, "Guided backpropagation")?.backward;
    return own === undefined || own === "none" ? undefined : guidedLaw(own as BackwardLaw);
  };
