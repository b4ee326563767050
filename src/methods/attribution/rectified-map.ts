import type { BackwardRule } from "../../graph/transform/differentiate.ts";
import type { Check } from "../../protocol/result.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import type { Outcome, RunContext, Update } from "../analysis.ts";
import { rowsOf } from "../network.ts";
import type { OptionTable } from "../option.ts";
import { explained, saturation } from "./explained.ts";
import { pixelMap } from "./heatmap.ts";

/** One backward pass with a modified rule for rectifiers. */
export async function* rectifiedMap(
  context: RunContext<"picture", OptionTable>,
  ruleName: string,
  rule: BackwardRule,
): AsyncGenerator<Update, Outcome> {
  const { network, input, target } = context;
  const ruled = network.graph.nodes.filter((node) => rule(node) !== undefined).length;
  for await (const { scores, gradients } of network.gradients(
    rowsOf(input),
    target,
    { wrt: [network.source.input], rule },
    ruleName,
  )) {
    const map = toFloat64(gradients[0]!);
    return {
      data: pixelMap(network, map),
      certificate: [explained(context, scores[0]!), rectifiers(ruled), ...saturation(map)],
    };
  }
  throw new RangeError("a backward pass needs one input");
}

/** On a network without rectifiers these methods equal the plain gradient; the check says so. */
function rectifiers(count: number): Check {
  return {
    id: "rectifiers",
    label: "rule used",
    status: count > 0 ? "info" : "warn",
    value: `at ${count} rectifiers`,
    sentence:
      count > 0
        ? `The rule replaced the gradient at ${count} rectifiers (ReLU, ReLU6 and similar).`
        : "The network has no rectifiers, so this map is the plain gradient.",
    numbers: { count },
  };
}
