import fs from "node:fs";
import path from "node:path";
import { typeOf } from "../../graph/graph.ts";
import { imageInput } from "../../data/image/conventions.ts";
import { parseSidecar, sidecarName, type Sidecar } from "../../data/image/sidecar.ts";
import { recogniseHead } from "../../formats/onnx/heads.ts";
import { factNamed, type Imported, type Port } from "../../formats/imported.ts";
import { openGraph } from "../../formats/open.ts";
import { Network } from "../../methods/network.ts";
import type { NetworkCard } from "../../protocol/model.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { ParallelismStore } from "./parallelism-store.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { findClassNames } from "./class-names.ts";
import { hashFile } from "../file-hash.ts";
import type { Opened } from "./opened.ts";

export interface OpenNetwork {
  readonly kind: "network";
  readonly card: NetworkCard;
  readonly network: Network;
  readonly sidecar: Sidecar | undefined;
  /** Unset if the output is not a classifier's; the notes say why. */
  readonly notClassifier: string | undefined;
}

/** Changes when the model or its sidecar file changes. */
export function networkStamp(file: string): string {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  const sidecar = fs.statSync(sidecarName(file), { throwIfNoEntry: false });
  return [stat?.size, stat?.mtimeMs, sidecar?.mtimeMs].join();
}

/** Opens a network by its file. @param parallelism remembers how each model's samples run fastest */
export async function openNetwork(
  file: string,
  runtime: Runtime,
  budget: number,
  parallelism: ParallelismStore | undefined,
): Promise<Opened<OpenNetwork>> {
  const opened = await openGraph(file);
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
    const head = recogniseHead(one.graph);
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
      parallelism?.of(hash, runtime),
    );
    const card: NetworkCard = {
      kind: "network",
      path: file,
      name: path.basename(file),
      sha256: hash,
      bytes: opened.bytes,
      format: [
        opened.format.name,
        ...one.facts.filter(({ name }) => name !== "producer").map(({ name, value }) => `${name} ${value}`),
      ].join(", "),
      producer: factNamed(one, "producer") ?? "",
      inputs: one.inputs.map(portCard),
      outputs: one.outputs.map(portCard),
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
      model: {
        kind: "network",
        card,
        network,
        sidecar,
        notClassifier: head.logits === undefined ? head.note : undefined,
      },
      close,
    };
  } catch (error) {
    opened.close();
    throw error;
  }
}

const portCard = ({ name, elementType, symbolicShape, shape }: Port): NetworkCard["inputs"][number] => ({
  name,
  dtype: elementType,
  shape: (symbolicShape ?? shape).map((extent) => String(extent ?? "?")),
});

/** Whether the graph can be built for two samples with a leading batch axis. */
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
