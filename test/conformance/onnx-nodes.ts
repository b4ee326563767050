import { importOnnx } from "../../src/formats/onnx/import.ts";
import type { Imported } from "../../src/formats/imported.ts";
import { readOnnx } from "../../src/formats/onnx/read.ts";
import { readTensorProto } from "../../src/formats/onnx/read-tensor.ts";
import type { OnnxModel, OnnxTensor } from "../../src/formats/onnx/records.ts";
import { readTensorData } from "../../src/formats/onnx/tensor-data.ts";
import { memorySource } from "../../src/formats/source.ts";
import { widen, type Array64 } from "../../src/graph/array64.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { coreOperators } from "../../src/graph/ops/table.ts";
import { isFloat } from "../../src/tensor/dtype.ts";
import { GlassboxError } from "../../src/tensor/errors.ts";
import { formatShape, sameShape } from "../../src/tensor/shape.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { differences } from "./onnx-nodes-table.ts";
import type { NodeCase } from "./onnx-node-suite.ts";

/**
 * - `passes`: every output within rtol 1e-3, atol 1e-5, integers exactly
 * - `tolerated`: the type's own precision, or a stated difference of definition
 * - `refused`: by a sentence
 * - `fails`: a wrong number
 * - `crashes`: anything but a GlassboxError
 */
export type Verdict = "passes" | "tolerated" | "refused" | "fails" | "crashes";

export interface Outcome {
  readonly name: string;
  readonly operator: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly milliseconds: number;
}

interface Feed {
  readonly name: string;
  readonly record: OnnxTensor;
  readonly value: Tensor;
}

/** A case that has been imported: what to feed, and what is to come out. */
export interface PreparedCase {
  readonly imported: Imported;
  readonly fed: ReadonlyMap<string, Tensor>;
}

/** What computes a graph's outputs: the float64 reference, or a runtime. */
export type Compute = (prepared: PreparedCase) => ReadonlyMap<string, Array64> | Promise<ReadonlyMap<string, Array64>>;

export const byReference: Compute = ({ imported, fed }) =>
  evaluate(imported.graph, new Map([...fed].map(([name, value]) => [name, inGraphType(value)])), coreOperators);

/** One case through import and `compute`. */
export async function runNodeCase(test: NodeCase, compute: Compute = byReference): Promise<Outcome> {
  const start = performance.now();
  let operator = "?";
  const outcome = (verdict: Verdict, reason = ""): Outcome => ({
    name: test.name,
    operator,
    verdict,
    reason,
    milliseconds: performance.now() - start,
  });
  try {
    const model = readOnnx(memorySource(test.name, test.model));
    operator = operatorOf(model);
    const container = [...model.graph.inputs, ...model.graph.outputs].find(({ kind }) => kind !== "tensor");
    if (container) return outcome("refused", `its ports are ${container.kind}s, not tensors`);
    const feeds = test.inputs.map((bytes, i): Feed => {
      const source = memorySource(`input ${i}`, bytes);
      const record = readTensorProto(source);
      return { name: model.graph.inputs[i]!.name, record, value: readTensorData(record, { source }) };
    });
    const { imported, fixed } = importFixing(model, feeds);
    const fed = new Map(feeds.filter(({ name }) => !fixed.has(name)).map(({ name, value }) => [name, value]));
    const results = await compute({ imported, fed });
    let tolerated = "";
    for (const [i, bytes] of test.outputs.entries()) {
      const source = memorySource(`output ${i}`, bytes);
      const record = readTensorProto(source);
      const verdict = compare(results.get(imported.outputs[i]!.value)!, record, readTensorData(record, { source }));
      if (verdict.startsWith("tolerated: ")) tolerated ||= verdict.slice("tolerated: ".length);
      else if (verdict)
        return test.name in differences
          ? outcome("tolerated", differences[test.name])
          : outcome("fails", `output ${i}: ${verdict}`);
    }
    return tolerated ? outcome("tolerated", tolerated) : outcome("passes");
  } catch (error) {
    if (error instanceof GlassboxError) return outcome("refused", error.what);
    return outcome("crashes", error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
}

/** The operator that a case is about: the first that is no constant. */
function operatorOf({ graph }: OnnxModel): string {
  const [first] = graph.nodes.filter(({ opType }) => opType !== "Constant");
  const node = first ?? graph.nodes[0];
  if (node === undefined) return "(empty)";
  return node.domain === "" || node.domain === "ai.onnx" ? node.opType : `${node.domain}.${node.opType}`;
}

/**
 * The suite feeds even axes and shapes as inputs. What shapes depend on must be fixed at import: first
 * integers and flags after the first input, then short vectors, in the end everything.
 */
function importFixing(model: OnnxModel, feeds: readonly Feed[]): { imported: Imported; fixed: ReadonlySet<string> } {
  const inputShapes = Object.fromEntries(feeds.map(({ name, value }) => [name, value.shape]));
  const stages: readonly ((feed: Feed, index: number) => boolean)[] = [
    () => false,
    ({ value }, index) => index > 0 && !isFloat(value.dtype),
    ({ value }, index) => index > 0 && (!isFloat(value.dtype) || value.shape.length <= 1),
    () => true,
  ];
  let refusal: unknown;
  for (const stage of stages) {
    const fixed = Object.fromEntries(feeds.filter(stage).map(({ name, value }) => [name, value]));
    try {
      return { imported: importOnnx(model, { inputShapes, fixed }), fixed: new Set(Object.keys(fixed)) };
    } catch (error) {
      if (!(error instanceof GlassboxError) || !/depends? on (the )?data/.test(error.what)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

const inGraphType = (value: Tensor): Array64 => {
  const wide = widen(value);
  return isFloat(wide.dtype) ? { ...wide, dtype: "float32" } : wide;
};

/** Relative precision of what the suite's own reference rounded to. */
const precision: Readonly<Partial<Record<OnnxTensor["elementType"], number>>> = {
  bfloat16: 2 ** -6,
  float16: 2 ** -8,
  float8e4m3fn: 2 ** -3,
  float8e4m3fnuz: 2 ** -3,
  float8e5m2: 2 ** -2,
  float8e5m2fnuz: 2 ** -2,
};

function compare(found: Array64, record: OnnxTensor, expected: Tensor): string {
  const want = widen(expected);
  if (!sameShape(found.shape, want.shape)) return `shape ${formatShape(found.shape)}, not ${formatShape(want.shape)}`;
  const float = isFloat(expected.dtype);
  if (isFloat(found.dtype) !== float) return `type ${found.dtype}, not ${expected.dtype}`;
  let worst = 0;
  for (let i = 0; i < want.data.length; i++) {
    const [a, b] = [found.data[i]!, want.data[i]!];
    if (Object.is(a, b) || a === b) continue;
    if (Number.isNaN(a) && Number.isNaN(b)) continue;
    const excess = float ? Math.abs(a - b) / (1e-5 + 1e-3 * Math.abs(b)) : Infinity;
    if (!float && Math.abs(b) > 2 ** 53 && Math.abs(a - b) <= 2 ** -50 * Math.abs(b)) {
      worst = Math.max(worst, 1);
      continue;
    }
    const allowed = precision[record.elementType];
    if (excess > 1 && allowed !== undefined && Math.abs(a - b) <= allowed * Math.max(1, Math.abs(b))) {
      worst = Math.max(worst, 2);
      continue;
    }
    if (excess > 1 || Number.isNaN(excess)) return `element ${i} is ${a}, not ${b}`;
  }
  if (worst === 2) return `tolerated: ${record.elementType} arithmetic is done in float32`;
  return worst === 1 ? "tolerated: integers beyond 2⁵³ lose their last bits" : "";
}
