/** The smallest capacity that still counts: below it, rounding would send flow around for ever. */
const negligible = 1e-12;

/** A network of directed edges with capacities, whose maximum flow between two nodes can be asked (Dinic 1970). */
export class FlowNetwork {
  readonly #ends: number[] = [];
  readonly #capacities: number[] = [];
  /** The edges that leave each node. The edge against edge e is e xor 1. */
  readonly #leaving: number[][];

  constructor(nodes: number) {
    this.#leaving = Array.from({ length: nodes }, () => []);
  }

  edge(from: number, to: number, capacity: number): void {
    this.#leaving[from]!.push(this.#ends.length);
    this.#ends.push(to);
    this.#capacities.push(capacity);
    this.#leaving[to]!.push(this.#ends.length);
    this.#ends.push(from);
    this.#capacities.push(0);
  }

  /** The network itself stays as it is. */
  maximumFlow(source: number, sink: number): number {
    const left = Float64Array.from(this.#capacities);
    let total = 0;
    for (;;) {
      const levels = this.#levels(left, source);
      if (levels[sink]! < 0) return total;
      const next = new Int32Array(this.#leaving.length);
      for (let sent = Infinity; sent > 0;) {
        sent = this.#send(left, levels, next, source, sink);
        total += sent;
      }
    }
  }

  /** The number of edges from the source to each node along edges with capacity left; −1 if there is no way. */
  #levels(left: Float64Array, source: number): Int32Array {
    const levels = new Int32Array(this.#leaving.length).fill(-1);
    levels[source] = 0;
    const queue = [source];
    for (let at = 0; at < queue.length; at++) {
      const node = queue[at]!;
      for (const edge of this.#leaving[node]!) {
        const to = this.#ends[edge]!;
        if (levels[to]! >= 0 || left[edge]! <= negligible) continue;
        levels[to] = levels[node]! + 1;
        queue.push(to);
      }
    }
    return levels;
  }

  /** Sends flow along one shortest path, and returns how much; 0 if there is none left. */
  #send(left: Float64Array, levels: Int32Array, next: Int32Array, source: number, sink: number): number {
    const path: number[] = [];
    for (let node = source; node !== sink;) {
      const leaving = this.#leaving[node]!;
      while (next[node]! < leaving.length && !this.#leads(left, levels, node, leaving[next[node]!]!))
        next[node] = next[node]! + 1;
      const edge = leaving[next[node]!];
      if (edge !== undefined) {
        path.push(edge);
        node = this.#ends[edge]!;
        continue;
      }
      const back = path.pop();
      if (back === undefined) return 0;
      node = this.#ends[back ^ 1]!;
      next[node] = next[node]! + 1;
    }
    const sent = path.reduce((least, edge) => Math.min(least, left[edge]!), Infinity);
    for (const edge of path) {
      left[edge] = left[edge]! - sent;
      left[edge ^ 1] = left[edge ^ 1]! + sent;
    }
    return sent;
  }

  #leads(left: Float64Array, levels: Int32Array, node: number, edge: number): boolean {
    return left[edge]! > negligible && levels[this.#ends[edge]!] === levels[node]! + 1;
  }
}
