import { GlassboxError } from "../../tensor/errors.ts";

/**
 * The edge graph of a decoder, as EAP-IG counts it (Hanna, Pezzelle, Belinkov 2024): what the token embedding, each head and
 * each MLP write is a node that sends; each head's query, key and value, each MLP and the logits read the residual stream
 * from the nodes before them. Positions and biases belong to no node. GPT-2 small has 32,491 edges.
 */
export interface EdgeGraph {
  readonly layers: number;
  readonly heads: number;
  /** In the order of the residual stream: `input`, `a0.h0` …, `m0`, `a1.h0` … */
  readonly senders: readonly string[];
  readonly stages: readonly Stage[];
}

/** Receivers that read the stream at the same place. */
export interface Stage {
  readonly kind: "heads" | "mlp" | "logits";
  readonly layer: number;
  /** e.g. `a1.h2<q>`: queries, then keys, then values of a layer; or `m1`, or `logits`. */
  readonly receivers: readonly string[];
  /** How many senders, from the first, come before this stage. */
  readonly senders: number;
}

export interface Edge {
  readonly sender: number;
  readonly stage: number;
  readonly receiver: number;
}

export const channels = ["q", "k", "v"] as const;

export function edgeGraph({ layers, heads }: { readonly layers: number; readonly heads: number }): EdgeGraph {
  const each = Array.from({ length: heads }, (_, head) => head);
  const senders = ["input"];
  const stages: Stage[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const receivers = channels.flatMap((channel) => each.map((head) => `a${layer}.h${head}<${channel}>`));
    stages.push({ kind: "heads", layer, receivers, senders: senders.length });
    senders.push(...each.map((head) => `a${layer}.h${head}`));
    stages.push({ kind: "mlp", layer, receivers: [`m${layer}`], senders: senders.length });
    senders.push(`m${layer}`);
  }
  stages.push({ kind: "logits", layer: layers, receivers: ["logits"], senders: senders.length });
  return { layers, heads, senders, stages };
}

/** e.g. `a0.h1->a2.h0<k>`. */
export const edgeName = ({ senders, stages }: EdgeGraph, { sender, stage, receiver }: Edge): string =>
  `${senders[sender]!}->${stages[stage]!.receivers[receiver]!}`;

/** All edges, by receiver from the input to the logits. */
export const allEdges = ({ stages }: EdgeGraph): Edge[] =>
  stages.flatMap(({ receivers, senders }, stage) =>
    receivers.flatMap((_, receiver) =>
      Array.from({ length: senders }, (_unused, sender) => ({ sender, stage, receiver })),
    ),
  );

export const edgeCount = ({ stages }: EdgeGraph): number =>
  stages.reduce((sum, { receivers, senders }) => sum + receivers.length * senders, 0);

/** The node that owns a receiver: `a1.h2` of `a1.h2<k>`. */
export const nodeOf = (receiver: string): string => receiver.replace(/<[qkv]>$/, "");

/** One number for each edge: by stage, [receiver, sender]. */
export type EdgeValues = readonly Float64Array[];

export const emptyValues = ({ stages }: EdgeGraph): EdgeValues =>
  stages.map(({ receivers, senders }) => new Float64Array(receivers.length * senders));

export const valueOf = ({ stages }: EdgeGraph, values: EdgeValues, { sender, stage, receiver }: Edge): number =>
  values[stage]![receiver * stages[stage]!.senders + sender]!;

export function addToEdge(
  { stages }: EdgeGraph,
  values: EdgeValues,
  { sender, stage, receiver }: Edge,
  more: number,
): void {
  const at = receiver * stages[stage]!.senders + sender;
  values[stage]![at] = values[stage]![at]! + more;
}

export const addValues = (sums: EdgeValues, values: EdgeValues): void =>
  values.forEach((stage, s) => stage.forEach((value, i) => (sums[s]![i] = sums[s]![i]! + value)));

export function findEdge(graph: EdgeGraph, name: string): Edge {
  const [from = "", to = ""] = name.split("->");
  const sender = graph.senders.indexOf(from);
  const stage = graph.stages.findIndex(({ receivers }) => receivers.includes(to));
  if (sender < 0 || stage < 0 || sender >= graph.stages[stage]!.senders)
    throw new GlassboxError("input", `the model has no edge ${name}`, {
      hint: "An edge is written a0.h1->a2.h0<k>, from an earlier node to a later one.",
    });
  return { sender, stage, receiver: graph.stages[stage]!.receivers.indexOf(to) };
}
