/** Hostile inputs of a few bytes, made here: each is asked about in a process of its own by scripts/robustness.mjs. */
import { deflateSync } from "node:zlib";
import { zipSync } from "fflate";
import { encodePng } from "../../src/data/image/encode-png.ts";
import { writeNpy } from "../../src/formats/numpy/npy.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { floats, integers, onnxGraph, type GraphParts, type NodeParts } from "../files/onnx-graph.ts";
import { pngChunk, pngFile, pngHeader } from "../png-file.ts";

export interface HostileInput {
  /** The row of the table that it belongs to. */
  readonly row: string;
  readonly name: string;
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** The arguments of `glassbox`, with names of the files. */
  readonly asks: readonly string[];
}

const classifier = (nodes: readonly NodeParts[], weights: GraphParts["weights"] = {}): Uint8Array =>
  onnxGraph({ inputs: { x: [1, 3, 32, 32] }, outputs: { y: [1, 3, 1, 1] }, nodes, weights });
const pooled = { op: "GlobalAveragePool", inputs: ["x"], output: "y" };
const plain = classifier([pooled]);
/** Adds the mean of what was made to the answer. */
const adds = (made: string): readonly NodeParts[] => [
  { op: "ReduceMean", inputs: [made], output: "mean", attributes: { keepdims: 0 } },
  { ...pooled, output: "pool" },
  { op: "Add", inputs: ["pool", "mean"], output: "y" },
];
const picture = encodePng(32, 32, 1, new Uint8Array(1024).fill(100));

const network = (name: string, nodes: readonly NodeParts[], weights: GraphParts["weights"] = {}): HostileInput => ({
  row: "networks",
  name,
  files: { "m.onnx": classifier(nodes, weights), "p.png": picture },
  asks: ["ask", "prediction", "m.onnx", "--picture", "p.png"],
});
const photograph = (name: string, file: string, bytes: Uint8Array): HostileInput => ({
  row: "pictures",
  name,
  files: { "m.onnx": plain, [file]: bytes },
  asks: ["ask", "prediction", "m.onnx", "--picture", file],
});
const table = (name: string, file: string, contents: Uint8Array | string): HostileInput => ({
  row: "tables and arrays",
  name,
  files: { "m.onnx": plain, [file]: contents },
  asks: ["probe", "m.onnx", "--data", file],
});
const experiment = (name: string, text: string, more: HostileInput["files"] = {}): HostileInput => ({
  row: "experiments",
  name,
  files: { "m.onnx": plain, "e.glassbox.yaml": text, ...more },
  asks: ["run", "e.glassbox.yaml"],
});

/** A PNG of one colour whose header claims any size. */
const blankPng = (width: number, height: number): Uint8Array =>
  pngFile(pngHeader(width, height, 8, 0), pngChunk("IDAT", deflateSync(new Uint8Array(height * (width + 1)))));

const shape = (...extents: readonly number[]) => ({ shape: integers(...extents) });

export const hostileInputs = (): readonly HostileInput[] => [
  network(
    "Expand to 4 GB",
    [{ op: "Expand", inputs: ["x", "shape"], output: "b" }, ...adds("b")],
    shape(300_000, 3, 32, 32),
  ),
  network(
    "ConstantOfShape of 4 GB",
    [{ op: "ConstantOfShape", inputs: ["shape"], output: "b" }, ...adds("b")],
    shape(1000, 1 << 20),
  ),
  network(
    "ConstantOfShape of −5",
    [{ op: "ConstantOfShape", inputs: ["shape"], output: "b" }, ...adds("b")],
    shape(-5),
  ),
  network(
    "weights multiplied for hours",
    [
      { op: "ConstantOfShape", inputs: ["shape"], output: "c" },
      ...Array.from({ length: 8 }, (_, i) => ({
        op: "MatMul",
        inputs: Array<string>(2).fill(i ? `w${i}` : "c"),
        output: `w${i + 1}`,
      })),
      ...adds("w8"),
    ],
    shape(3000, 3000),
  ),
  network("concatenated 60 times with itself", [
    ...Array.from({ length: 60 }, (_, i) => ({
      op: "Concat",
      inputs: Array<string>(2).fill(i ? `c${i}` : "x"),
      output: `c${i + 1}`,
      attributes: { axis: 0 },
    })),
    ...adds("c60"),
  ]),
  network(
    "an output that is no number",
    [
      { ...pooled, output: "p" },
      { op: "Div", inputs: ["p", "zero"], output: "y" },
    ],
    { zero: floats([1]) },
  ),
  photograph("a strip of 8 × 60,000", "p.png", blankPng(8, 60_000)),
  photograph("a line of 1 × 20,000", "p.png", blankPng(1, 20_000)),
  photograph("64 megapixels in 60 kB", "p.png", blankPng(8000, 8000)),
  table(
    "an archive that unpacks to 256 MB",
    "d.npz",
    zipSync(
      {
        "X.npy": writeNpy(float32([2 ** 15, 2048], new Float32Array(2 ** 26))),
        "y.npy": writeNpy(float32([2], [0, 1])),
      },
      { level: 1 },
    ),
  ),
  table("a table of 30 MB", "d.csv", `a,label\n${"1,x\n2,y\n".repeat(3_750_000)}`),
  experiment(
    "a pattern that backtracks",
    `model: m.onnx\ninputs: ["${"*a".repeat(40)}*b.png"]\nanalyses: [prediction]\n`,
    { [`${"a".repeat(80)}.png`]: picture },
  ),
  experiment("twenty thousand brackets", `model: m.onnx\ninputs: ${"[".repeat(20_000)}\n`),
  experiment(
    "fifty thousand anchors",
    `model: m.onnx\ninputs:\n${Array.from({ length: 50_000 }, (_, i) => `- &a${i} x`).join("\n")}\n`,
  ),
];
