import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { array64 } from "../../src/graph/array64.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { coreOperators } from "../../src/graph/ops/table.ts";
import { gradientGraph, gradientName, seedName } from "../../src/methods/gradient-graph.ts";
import { onnxRuntime } from "../../src/runtime/onnxruntime/onnxruntime.ts";
import { WeightStore } from "../../src/runtime/weight-store.ts";
import type { Program } from "../../src/runtime/runtime.ts";
import { float32, toFloat64 } from "../../src/tensor/tensor.ts";
import { decisionsOf } from "./piecewise-decisions.ts";
import { oneHot, visionGraph, type VisionCase, type VisionOracle } from "./vision-oracle.ts";

const shape = [1, 3, 224, 224];

type Values = ReadonlyMap<string, Float64Array>;

/**
 * The gradients of a whole model by the float64 reference and by ONNX Runtime in float32. The graph is read and compiled once for all tests of the model,
 * and the reference, which takes seconds an input, keeps what it found last.
 */
export class VisionGradients {
  readonly #oracle: VisionOracle;
  readonly #file: string;
  #model: ReturnType<typeof read> | undefined;
  #compiled: ReturnType<typeof compile> | undefined;
  #last: { readonly x: ArrayLike<number>; readonly example: VisionCase; readonly values: Values } | undefined;

  constructor(file: string, oracle: VisionOracle) {
    this.#file = file;
    this.#oracle = oracle;
  }

  /** The target's score, the logits, the input's gradient, each Grad-CAM site's value and gradient, and where the kinks decide; in float64. */
  exact(x: ArrayLike<number>, example: VisionCase): Values {
    const last = this.#last;
    if (last?.example === example && last.x.length === x.length && Array.from(x).every((each, i) => each === last.x[i]))
      return last.values;
    const { inputName, logits } = this.#oracle;
    const { graph, reference } = (this.#model ??= read(this.#file, this.#oracle));
    const seed = oneHot(graph, this.#oracle, example);
    const feeds = new Map([
      [inputName, array64("float32", shape, Float64Array.from(x))],
      [seedName(logits), array64("float32", seed.shape, seed.data)],
    ]);
    const values = new Map([...evaluate(reference, feeds, coreOperators)].map(([value, { data }]) => [value, data]));
    this.#last = { x, example, values };
    return values;
  }

  /** The input's gradient in float32. */
  async single(x: Float32Array, example: VisionCase): Promise<Float64Array> {
    const { lean } = await this.#programs();
    return (await this.#run(lean, x, example)).get(gradientName(this.#oracle.inputName))!;
  }

  /** The input's gradient in float32 and in float64, and how many decisions the two take differently. */
  async both(
    x: Float32Array,
    example: VisionCase,
  ): Promise<{ readonly single: Float64Array; readonly exact: Float64Array; readonly flipped: number }> {
    const { telling } = await this.#programs();
    const [single, exact] = [await this.#run(telling, x, example), this.exact(x, example)];
    const gradient = gradientName(this.#oracle.inputName);
    const flipped = this.#model!.decisions.count(single, exact);
    return { single: single.get(gradient)!, exact: exact.get(gradient)!, flipped };
  }

  async release(): Promise<void> {
    const compiled = await this.#compiled;
    await compiled?.lean.release();
    await compiled?.telling.release();
    if (compiled) fs.rmSync(compiled.folder, { recursive: true });
  }

  #programs(): ReturnType<typeof compile> {
    this.#model ??= read(this.#file, this.#oracle);
    return (this.#compiled ??= compile(this.#model, this.#oracle));
  }

  async #run(program: Program, x: Float32Array, example: VisionCase): Promise<Values> {
    const { inputName, logits } = this.#oracle;
    const seed = oneHot(this.#model!.graph, this.#oracle, example);
    const found = await program.run(
      new Map([
        [inputName, float32(shape, x)],
        [seedName(logits), float32(seed.shape, seed.data)],
      ]),
    );
    return new Map([...found].map(([value, each]) => [value, toFloat64(each)] as const));
  }
}

function read(file: string, { inputName, logits, cases }: VisionOracle) {
  const graph = visionGraph(file);
  const decisions = decisionsOf(graph);
  const sites = [...new Set(cases.flatMap(({ gradCam }) => gradCam.map(({ site }) => site)))];
  const also = [...new Set([logits, ...sites, ...decisions.reads])];
  return { graph, decisions, reference: gradientGraph(graph, { read: [logits], wrt: [inputName, ...sites], also }) };
}

/** `lean` gives the gradient, `telling` also where the kinks decide. */
async function compile({ graph, decisions }: ReturnType<typeof read>, { inputName, logits }: VisionOracle) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-float32-"));
  const runtime = await onnxRuntime(new WeightStore(folder));
  const asked = { read: [logits], wrt: [inputName] };
  return {
    folder,
    lean: await runtime.compile(gradientGraph(graph, asked)),
    telling: await runtime.compile(gradientGraph(graph, { ...asked, also: decisions.reads })),
  };
}
