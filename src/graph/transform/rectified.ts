import type { Builder, Value } from "../builder.ts";
import type { BackwardLaw } from "../operator.ts";
import type { BackwardRule } from "./differentiate.ts";

/** Operators that cut off what is negative. Clip counts: ReLU6 is one, and rules that know ReLU alone do nothing in MobileNets. */
const rectifiers: ReadonlySet<string> = new Set(["Relu", "Clip", "LeakyRelu", "PRelu", "ThresholdedRelu"]);

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

export const deconvnetRule: BackwardRule = ({ op }) => (rectifiers.has(op) ? deconvnetLaw : undefined);

export const guidedRule =
  (operators: Builder["operators"]): BackwardRule =>
  ({ op }) => {
    const own = operators.get(op)!.backward;
    return rectifiers.has(op) && own !== "none" ? guidedLaw(own as BackwardLaw) : undefined;
  };
