/** The two real CNNs and those networks that are only shapes, a real photograph, and their programs. */
import { importOnnx } from "../src/formats/onnx/import.ts";
import { readOnnx } from "../src/formats/onnx/read.ts";
import { fileSource } from "../src/formats/source.ts";
import type { Graph } from "../src/graph/graph.ts";
import { prune } from "../src/graph/prune.ts";
import { gradientGraph, seedName } from "../src/methods/gradient-graph.ts";
import { Random } from "../src/tensor/random.ts";
import { float32, type Tensor } from "../src/tensor/tensor.ts";
import { gpt2Decoder, gpt2Stream } from "./gpt2-shape.ts";
import { shapeNames, shapeOf } from "./shapes.ts";
import { vitShape } from "./vit-shape.ts";
import { visionFile, visionInput, visionModels, visionOracle } from "../test/oracles/vision-oracle.ts";

export interface BenchModel {
  readonly name: string;
  /** Whether it is a file that somebody trained. */
  readonly real: boolean;
  readonly at: (batch: number) => Graph;
  readonly input: string;
  readonly logits: string;
  /** One sample as the model takes it: the photograph, or noise for a stream of embeddings. */
  readonly example: Float32Array;
  /** Whether it is made of convolutions, which PyTorch also runs channels-last. */
  readonly convolutional: boolean;
}

export const target = 281;

/** Those whose files are here. */
export function benchModels(): BenchModel[] {
  return visionModels.flatMap((name) => {
    const oracle = visionOracle(name);
    const { file, skip } = visionFile(oracle);
    if (skip) {
      console.log(`${name} is left out: ${skip}`);
      return [];
    }
    const model = readOnnx(fileSource(file));
    const example = oracle.cases.find(({ image }) => image === "chelsea-224.png")!;
    return [
      {
        name,
        real: true,
        at: (batch: number) => importOnnx(model, { file, batch }).graph,
        input: oracle.inputName,
        logits: oracle.logits,
        example: visionInput(oracle, example),
        convolutional: true,
      },
    ];
  });
}

/** Tokens of the decoder's prompt. */
const prompt = 64;

/** Random weights, the same photograph. Each is built when it is asked for. */
export function shapeModels(photograph: Float32Array): BenchModel[] {
  const picture = { real: false, input: "image", logits: "logits", example: photograph } as const;
  const cnns = shapeNames.map((name): BenchModel => ({ ...picture, name, at: shapeOf(name), convolutional: true }));
  const stream = once(() => gpt2Stream(gpt2Decoder(), prompt));
  return [
    ...cnns,
    { ...picture, name: "ViT-S/16 shape", at: vitShape(), convolutional: false },
    {
      ...picture,
      name: `GPT-2-small shape, ${prompt} tokens`,
      at: (batch) => stream()(batch),
      input: "embeddings",
      example: Float32Array.from(new Random(1).normals(prompt * 768)),
      convolutional: false,
    },
  ];
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** All of them, or those whose names start as GLASSBOX_BENCH_MODELS says. */
export function wantedModels(): BenchModel[] {
  const wanted = (process.env["GLASSBOX_BENCH_MODELS"] ?? "").split(",").filter(Boolean);
  const real = benchModels();
  return [...real, ...shapeModels(real[0]!.example)].filter(
    ({ name }) => wanted.length === 0 || wanted.some((part) => name.startsWith(part)),
  );
}

export const forwardProgram = (model: BenchModel, batch: number): Graph =>
  prune({ ...model.at(batch), outputs: [model.logits] });

export const gradientProgram = (model: BenchModel, batch: number): Graph =>
  gradientGraph(model.at(batch), { read: [model.logits], wrt: [model.input] });

/** The example, `batch` times, and the seed of the target where the graph takes one. */
export function feedsFor(model: BenchModel, graph: Graph, batch: number): ReadonlyMap<string, Tensor> {
  const shape = graph.types.get(model.input)!.shape;
  const samples = new Float32Array(batch * model.example.length);
  for (let i = 0; i < batch; i++) samples.set(model.example, i * model.example.length);
  const feeds = new Map([[model.input, float32(shape, samples)]]);
  const seed = seedName(model.logits);
  if (graph.inputs.includes(seed)) {
    const [rows, classes = 0, ...rest] = graph.types.get(seed)!.shape;
    const places = rest.reduce((n, e) => n * e, 1);
    feeds.set(
      seed,
      float32(
        [rows!, classes, ...rest],
        Float32Array.from({ length: rows! * classes * places }, (_, i) =>
          Number(Math.floor(i / places) % classes === target),
        ),
      ),
    );
  }
  return feeds;
}
