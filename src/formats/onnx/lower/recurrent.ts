import type { Value } from "../../../graph/builder.ts";
import type { Lower, Lowerings } from "./context.ts";

/** With `layout` 1 the batch stands first: inputs and outputs are turned around the operator of layout 0. */
const recurrent =
  (op: string): Lower =>
  (c) => {
    const attributes = {
      direction: c.text("direction"),
      hidden_size: c.integer("hidden_size"),
      activations: c.texts("activations"),
      activation_alpha: c.floats("activation_alpha"),
      activation_beta: c.floats("activation_beta"),
      clip: c.float("clip"),
      ...(op === "GRU" ? { linear_before_reset: c.flag("linear_before_reset") } : {}),
      ...(op === "LSTM" ? { input_forget: c.flag("input_forget") } : {}),
    };
    const first = c.flag("layout");
    const turned = (value: Value | null, perm: readonly number[]): Value | null =>
      value && first ? c.b.transpose(value, perm) : value;
    const inputs = c.inputs.map((value, i) => (i === 0 || i === 5 || i === 6 ? turned(value, [1, 0, 2]) : value));
    while (inputs.at(-1) === null) inputs.pop();
    const outputs = c.applyAll(op, inputs, attributes);
    return outputs.map((value, i) => turned(value, i === 0 ? [2, 0, 1, 3] : [1, 0, 2]));
  };

export const recurrentLayers: Lowerings = { LSTM: recurrent("LSTM"), GRU: recurrent("GRU"), RNN: recurrent("RNN") };
