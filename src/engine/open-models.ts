import fs from "node:fs";
import path from "node:path";
import { typeOf } from "../graph/graph.ts";
import { imageInput } from "../data/image/conventions.ts";
import { parseSidecar, sidecarName, type Sidecar } from "../data/image/sidecar.ts";
import { recogniseHead } from "../formats/onnx/heads.ts";
import { factNamed, type Imported } from "../formats/imported.ts";
import { openGraph } from "../formats/open.ts";
import { Network } from "../methods/network.ts";
import type { ModelCard } from "../protocol/model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Arrangements } from "./arrangements.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { sizeOf } from "../tensor/shape.ts";
import { findClassNames } from "./class-names.ts";
import { hashFile } from "./file-hash.ts";

export interface OpenModel {
  readonly card: ModelCard;
  readonly network: Network;
  readonly sidecar: Sidecar | undefined;
  /** Unset if the output is no classifier; why, in a sentence. */
  readonly notClassifier: string | undefined;
}

const kept = 4;

/** Models by path, loaded once while the file stays the same; the least recently used is let go. */
export class OpenModels {
  readonly #runtime: Promise<Runtime>;
  readonly #budget: number;
  readonly #arrangements: Arrangements | undefined;
  readonly #models = new Map<
    string,
    { readonly stamp: string; readonly model: OpenModel; readonly close: () => Promise<void> }
  >();

  #last: Promise<unknown> = Promise.resolve();

  /** @param arrangements where it is kept how a model's samples run fastest; forgotten with the model if there is none */
  constructor(runtime: Promise<Runtime>, budgetBytes: number, arrangements?: Arrangements) {
    this.#runtime = runtime;
    this.#budget = budgetBytes;
    this.#arrangements = arrangements;
  }

  /** One after the other: two that ask for the same model at once must not load it twice. */
  open(file: string): Promise<OpenModel> {
    const opened = this.#last.then(() => this.#open(file));
    this.#last = opened.catch(() => undefined);
    return opened;
  }

  async #open(file: string): Promise<OpenModel> {
    const stamp = stampOf(file);
    const known = this.#models.get(file);
    if (known?.stamp === stamp) {
      this.#models.delete(file);
      this.#models.set(file, known);
      return known.model;
    }
    await known?.close();
    const opened = load(file, await this.#runtime, this.#budget, this.#arrangements);
    this.#models.set(file, { stamp, ...opened });
    const [oldest] = this.#models.keys();
    if (this.#models.size > kept && oldest !== undefined) {
      await this.#models.get(oldest)!.close();
      this.#models.delete(oldest);
    }
    return opened.model;
  }
}

/** Size and time of the model and of its sidecar: a change of either opens it anew. */
function stampOf(file: string): string {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  const sidecar = fs.statSync(sidecarName(file), { throwIfNoEntry: false });
  return [stat?.size, stat?.mtimeMs, sidecar?.mtimeMs].join();
}

function load(
  file: string,
  runtime: Runtime,
  budget: number,
  arrangements: Arrangements | undefined,
): { model: OpenModel; close: () => Promise<void> } {
  const opened = openGraph(file);
  try {
    const hash = hashFile(file);
    const byBatch = new Map<number, Imported>();
    const at = (batch: number): Imported => {
      const known = byBatch.get(batch) ?? opened.importWith({ batch }, hash);
      byBatch.set(batch, known);
      return known;
    };
    const one = at(1);
    const [input] = one.inputs;
    if (input === undefined || one.inputs.length !== 1) {
      throw new GlassboxError(
        "unsupported",
        `the model has ${one.inputs.length} inputs; only models of one input can be explained so far`,
        { where: file },
      );
    }
    const head = headOf(one);
    const sidecar = readSidecar(file);
    const picture = imageInput(input.shape);
    const classes = head.logits === undefined ? undefined : sizeOf(typeOf(one.graph, head.logits).shape.slice(1));
    const names =
      classes === undefined ? undefined : { count: classes, ...findClassNames(file, classes, sidecar?.classes) };
    const network = new Network(
      {
        hash,
        at: (batch) => at(batch).graph,
        batchable: isBatchable(at, input.value),
        input: input.value,
        logits: head.logits ?? one.outputs[0]!.value,
        layout: picture?.layout ?? "NCHW",
        classNames: names?.names,
      },
      runtime,
      budget,
      arrangements?.of(hash, runtime),
    );
    const card: ModelCard = {
      path: file,
      name: path.basename(file),
      sha256: hash,
      bytes: opened.bytes,
      format: [
        opened.format.name,
        ...one.facts.filter(({ name }) => name !== "producer").map(({ name, value }) => `${name} ${value}`),
      ].join(", "),
      producer: factNamed(one, "producer") ?? "",
      inputs: one.inputs.map((port) => ({
        name: port.name,
        dtype: port.elementType,
        shape: (port.symbolicShape ?? port.shape).map((extent) => String(extent ?? "?")),
      })),
      outputs: one.outputs.map((port) => ({
        name: port.name,
        dtype: port.elementType,
        shape: (port.symbolicShape ?? port.shape).map((extent) => String(extent ?? "?")),
      })),
      operators: [...one.operators],
      parameters: [...one.graph.constants.values()].reduce((sum, constant) => sum + sizeOf(constant.shape), 0),
      sites: one.graph.sites.map(({ name, value, axes, role }) => ({ name, ...typeOf(one.graph, value), axes, role })),
      notes: [...one.notes.map(({ text }) => text), ...(head.note ? [head.note] : []), ...(runtime.notes ?? [])],
      classes: names,
      picture: picture && {
        rows: picture.height,
        columns: picture.width,
        channels: picture.channels,
        layout: picture.layout,
      },
    };
    const close = async (): Promise<void> => {
      await network.release();
      opened.close();
    };
    return {
      model: { card, network, sidecar, notClassifier: head.logits === undefined ? head.note : undefined },
      close,
    };
  } catch (error) {
    opened.close();
    throw error;
  }
}

function headOf(imported: Imported): { readonly logits: string | undefined; readonly note: string | undefined } {
  const head = recogniseHead(imported.graph);
  return { logits: head.logits, note: head.note };
}

/** Whether the graph can be made for two samples, with the batch still in front. */
function isBatchable(at: (batch: number) => Imported, input: string): boolean {
  try {
    const { graph, outputs } = at(2);
    return typeOf(graph, input).shape[0] === 2 && outputs.every(({ shape }) => shape[0] === 2);
  } catch {
    return false;
  }
}

function readSidecar(file: string): Sidecar | undefined {
  const name = sidecarName(file);
  return fs.existsSync(name) ? parseSidecar(fs.readFileSync(name, "utf8"), name) : undefined;
}
