import { wholePrompts } from "../../architectures/sequence.ts";
import { Builder } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { cut } from "../../graph/transform/cut.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { LanguageModel } from "./language-model.ts";

/** The output of each head, z·W_O of that head: z [token, head, feature] to [token, head, width]. */
export async function headResults(model: LanguageModel, layer: number, z: Tensor): Promise<Tensor> {
  const tokens = z.shape[0]!;
  const program = await model.programs.get(`head results ${layer} ${tokens}`, () => {
    const b = new Builder(coreOperators);
    const x = b.input("residual", { dtype: "float32", shape: [1, tokens, model.decoder.width] });
    const graph = b.finish([model.decoder.block({ b, sequence: wholePrompts(1, tokens) }, layer, x)]);
    const value = (name: string): string => model.site(`blocks.${layer}.attn.${name}`, graph).value;
    return cut(graph, [value("hook_z")], [value("hook_result")], coreOperators);
  });
  const [input] = program.inputs.keys();
  const written = (await program.run(new Map([[input!, { ...z, shape: [1, ...z.shape] }]]))).get(program.outputs[0]!)!;
  return { ...written, shape: written.shape.slice(1) };
}
