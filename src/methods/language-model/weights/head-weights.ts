import { wholePrompts } from "../../../architectures/sequence.ts";
import { Builder } from "../../../graph/builder.ts";
import type { Graph, ValueName } from "../../../graph/graph.ts";
import { coreOperators, traitsOf } from "../../../graph/ops/table.ts";
import { cut } from "../../../graph/transform/cut.ts";
import { GlassboxError } from "../../../tensor/errors.ts";
import { fromFloat64, toFloat64, type Tensor } from "../../../tensor/tensor.ts";
import { matrix, type Matrix } from "../../linear-algebra/matrix.ts";
import type { LanguageModel } from "../language-model.ts";
import type { SharedProgram } from "../programs.ts";

/** Whether weights are as stored, or with the gain of the norm before them, as TransformerLens folds it. */
export type NormGains = "raw" | "folded";

/** The weights of a layer's heads, without biases. A head reads `x·q`, its group's `x·k` and `x·v`, and writes `z·o`. */
export interface LayerWeights {
  /** [width, headWidth] for each head. */
  readonly q: readonly Matrix[];
  /** [width, headWidth] for each head; heads that share keys and values have the same matrix. */
  readonly k: readonly Matrix[];
  readonly v: readonly Matrix[];
  /** [headWidth, width] for each head. */
  readonly o: readonly Matrix[];
}

/**
 * The weights of a layer's heads, read off the graph: the maps from the norm's output to queries, keys and values, and from
 * z to what each head writes, applied to an identity matrix and to zero. So they are those that the model applies, whatever
 * its file calls them and however it stores them. Positions that rotate queries and keys come after these maps.
 */
export async function layerWeights(model: LanguageModel, layer: number, gains: NormGains): Promise<LayerWeights> {
  const { heads, keyValueHeads, headWidth, width } = model.decoder;
  const [q, k, v] = await inputMaps(model, layer, gains);
  const shared = (values: Float64Array): readonly Matrix[] => {
    const groups = byHead(values, keyValueHeads, width, headWidth);
    return Array.from({ length: heads }, (_, head) => groups[Math.floor((head * keyValueHeads) / heads)]!);
  };
  return {
    q: byHead(q, heads, width, headWidth),
    k: shared(k),
    v: shared(v),
    o: byHead(await outputMaps(model, layer), heads, headWidth, width),
  };
}

/** The linear maps to queries, keys and values, [feature, head, head feature]. */
async function inputMaps(
  model: LanguageModel,
  layer: number,
  gains: NormGains,
): Promise<readonly [q: Float64Array, k: Float64Array, v: Float64Array]> {
  const { width } = model.decoder;
  const rows = width + 1;
  const graph = blockGraph(model, layer, rows);
  const value = (name: string): ValueName => model.site(`blocks.${layer}.${name}`, graph).value;
  const to = ["attn.hook_q", "attn.hook_k", "attn.hook_v"].map(value);
  const from = gains === "folded" ? value("ln1.hook_normalized") : linearInput(graph, to[0]!);
  const program = await model.programs.get(`heads read ${layer} ${gains}`, () => cut(graph, [from], to, coreOperators));
  // The last row is zero, so it gives the biases.
  const identity = new Float64Array(rows * width);
  for (let i = 0; i < width; i++) identity[i * width + i] = 1;
  const values = await program.run(new Map([fed(program, identity)]));
  return to.map((_, i) => {
    const affine = toFloat64(values.get(program.outputs[i]!)!);
    const size = affine.length / rows;
    const offset = affine.subarray(width * size);
    return affine.subarray(0, width * size).map((each, at) => each - offset[at % size]!);
  }) as [Float64Array, Float64Array, Float64Array];
}

/** What each head writes of each feature of its z, [head feature, head, feature]. */
async function outputMaps(model: LanguageModel, layer: number): Promise<Float64Array> {
  const { heads, headWidth } = model.decoder;
  const program = await model.programs.get(`heads write ${layer}`, () => {
    const graph = blockGraph(model, layer, headWidth);
    const value = (name: string): ValueName => model.site(`blocks.${layer}.attn.${name}`, graph).value;
    return cut(graph, [value("hook_z")], [value("hook_result")], coreOperators);
  });
  // Every head's z is the same identity matrix.
  const z = new Float64Array(headWidth * heads * headWidth);
  for (let i = 0; i < headWidth; i++)
    for (let head = 0; head < heads; head++) z[(i * heads + head) * headWidth + i] = 1;
  return toFloat64((await program.run(new Map([fed(program, z)]))).get(program.outputs[0]!)!);
}

/** Values for the only input of a program. */
function fed(program: SharedProgram, values: Float64Array): readonly [string, Tensor] {
  const [input] = program.inputs;
  return [input![0], fromFloat64("float32", input![1].shape, values)];
}

/** One block for `rows` prompts of one token. */
function blockGraph(model: LanguageModel, layer: number, rows: number): Graph {
  const b = new Builder(coreOperators);
  const x = b.input("residual", { dtype: "float32", shape: [rows, 1, model.decoder.width] });
  return b.finish([model.decoder.block({ b, sequence: wholePrompts(rows, 1) }, layer, x)]);
}

/** The activations that the first product before a value multiplies with weights. */
function linearInput(graph: Graph, value: ValueName): ValueName {
  for (let at = value; ;) {
    const node = graph.nodes.find(({ outputs }) => outputs.includes(at));
    const input = node?.inputs[0];
    if (node === undefined || input === null || input === undefined)
      throw new GlassboxError("unsupported", "this model's queries are not a linear map of a norm's output");
    if (traitsOf(node.op)?.kind === "linear") return input;
    at = input;
  }
}

/** [row, head, column] to a matrix [row, column] for each head. */
function byHead(values: Float64Array, heads: number, rows: number, columns: number): Matrix[] {
  return Array.from({ length: heads }, (_, head) => {
    const out = matrix(rows, columns);
    for (let row = 0; row < rows; row++) {
      const from = (row * heads + head) * columns;
      out.data.set(values.subarray(from, from + columns), row * columns);
    }
    return out;
  });
}
