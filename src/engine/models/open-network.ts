import path from "node:path";
import { derive, type DerivedValues } from "../../contract/derive.ts";
import type { FoundHead } from "../../contract/found-head.ts";
import { headsOf } from "../../contract/heads.ts";
import { classesOf } from "../../contract/classes-of.ts";
import { readIfThere, textOf } from "../../files/read-whole.ts";
import { mixesSamples } from "../../graph/axes/mixes-samples.ts";
import { refuseCostlyConstants } from "../../graph/fold.ts";
import { typeOf } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { peakMemory } from "../../graph/peak-memory.ts";
import type { Contract } from "../../protocol/contract.ts";
import { imageInput } from "../../data/image/conventions.ts";
import { parseSidecar, sidecarName, type Sidecar } from "../../data/image/sidecar.ts";
import { factNamed, type Imported, type Port } from "../../formats/imported.ts";
import { openGraph } from "../../formats/open.ts";
import { Network } from "../../methods/network.ts";
import type { NetworkCard } from "../../protocol/model.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { ParallelismStore } from "./parallelism-store.ts";
import { requireMemory } from "../../tensor/memory-budget.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { nameListsOf, namesFor } from "./class-names.ts";
import { networkSiteCards } from "./network-site-cards.ts";
import { knownPreprocessing } from "./known-preprocessing.ts";
import type { Opened } from "./opened.ts";
import { openInputs } from "./open-inputs.ts";

export interface OpenNetwork {
  readonly kind: "network";
  readonly card: NetworkCard;
  readonly network: Network;
  readonly sidecar: Sidecar | undefined;
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
    const hash = opened.sha256();
    const sidecar = readSidecar(file);
    const { at, input, contract: inputs } = openInputs(opened, file, hash, sidecar);
    const one = at(1);
    requireRoom(one, budget, file);
    const picture = imageInput(input.shape);
    const lists = nameListsOf(file, opened.metadata, sidecar?.classes);
    const { heads, unexplained } = headsOf(one.graph, one.outputs, {
      picture: picture && { rows: picture.height, columns: picture.width, layout: picture.layout },
      named: lists[0]?.names.length,
      said: sidecar,
    });
    const [head] = heads;
    const count = head && classesOf(head.kind.value);
    const found = count === undefined ? undefined : namesFor(lists, count);
    const names = found?.entry.value;
    const derived = new Map<number, DerivedValues>();
    const derivedAt = (batch: number): DerivedValues => {
      const known = derived.get(batch) ?? deriveAt(at(batch), heads);
      derived.set(batch, known);
      return known;
    };
    const { scores, probabilities, direction, others } = derivedAt(1);
    const network = new Network(
      {
        hash,
        at: (batch) => derivedAt(batch).graph,
        batchable: isBatchable(at, input.value),
        input: input.value,
        logits: scores,
        output: head?.kind.value,
        probabilities,
        direction,
        otherOutputs: new Map(others.map((value, i) => [heads[i + 1]!.output, value])),
        layout: picture?.layout ?? "NCHW",
        classNames: names,
      },
      runtime,
      budget,
      parallelism?.of(hash, runtime),
    );
    const contract: Contract = {
      inputs: inputs.map((each) =>
        each.role.value.is === "explained"
          ? { ...each, preprocessing: knownPreprocessing(file, input, sidecar, opened.fedValues?.(input.name)) }
          : each,
      ),
      heads: heads.map(({ output, shape, kind }) => ({ output, shape, kind })),
      unexplained,
      names: found?.entry,
    };
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
      sites: networkSiteCards(one.graph),
      notes: [
        ...one.notes.map(({ text }) => text),
        ...(head?.note ? [head.note] : []),
        ...(found?.refused ?? []),
        ...(runtime.notes ?? []),
      ],
      classes: count === undefined ? undefined : { count, names, source: found!.entry.evidence.words },
      contract,
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
    return { model: { kind: "network", card, network, sidecar }, close };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** The values that targets read, at one batch size. A network whose output is not known shows its sites only. */
function deriveAt({ graph, outputs }: Imported, [head, ...others]: readonly FoundHead[]): DerivedValues {
  if (head) return derive(graph, [head, ...others]);
  return { graph, scores: outputs[0]!.value, probabilities: undefined, direction: undefined, others: [] };
}

/**
 * Refuses a network that cannot run within the budget, or that multiplies its weights for long: either may be made by a
 * file of a thousand bytes.
 */
function requireRoom({ graph }: Imported, budget: number, file: string): void {
  refuseCostlyConstants(graph, coreOperators);
  const { bytes, largest } = peakMemory(graph, coreOperators);
  const at =
    largest && `, whose largest value is that of ${largest.op} ${JSON.stringify(largest.origin?.slice(0, 80) ?? "")},`;
  requireMemory(bytes, budget, `one run of this network${at ?? ""}`, { where: file });
}

const portCard = ({ name, elementType, symbolicShape, shape }: Port): NetworkCard["inputs"][number] => ({
  name,
  dtype: elementType,
  shape: (symbolicShape ?? shape).map((extent) => String(extent ?? "?")),
});

/** Whether the graph can be built for two samples with a leading batch axis, and no sample changes another's answer. */
function isBatchable(at: (batch: number) => Imported, input: string): boolean {
  try {
    const { graph, outputs } = at(2);
    const together = typeOf(graph, input).shape[0] === 2 && outputs.every(({ shape }) => shape[0] === 2);
    return together && mixesSamples(graph, input) === undefined;
  } catch {
    return false;
  }
}

function readSidecar(file: string): Sidecar | undefined {
  const name = sidecarName(file);
  const bytes = readIfThere(name, mostSidecarBytes);
  return bytes && parseSidecar(textOf(bytes), name);
}

const mostSidecarBytes = 1 << 20;
