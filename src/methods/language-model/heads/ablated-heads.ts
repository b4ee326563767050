import { fromFloat64 } from "../../../tensor/tensor.ts";
import { Random } from "../../../tensor/random.ts";
import type { SiteEdit } from "../edits.ts";

export interface HeadName {
  readonly layer: number;
  readonly head: number;
}

/** The edits that set the outputs of these heads to zero at every token: one for each layer that has some. */
export function ablatedHeads(ablated: readonly HeadName[], heads: number): readonly SiteEdit[] {
  return [...new Set(ablated.map(({ layer }) => layer))].map((layer) => {
    const here = new Set(ablated.filter((each) => each.layer === layer).map(({ head }) => head));
    return {
      site: `blocks.${layer}.attn.hook_z`,
      kind: "scale",
      mask: fromFloat64(
        "bool",
        [1, heads, 1],
        Array.from({ length: heads }, (_, head) => Number(here.has(head))),
      ),
      operand: fromFloat64("float32", [1, 1, 1], [0]),
    };
  });
}

/** As many other heads of the same layers, by seed: the control of an ablation. Fewer, where a layer has too few others. */
export function otherHeads(
  ablated: readonly HeadName[],
  excluded: readonly HeadName[],
  heads: number,
  seed: number,
): readonly HeadName[] {
  const random = new Random(seed);
  const taken = new Set([...ablated, ...excluded].map(({ layer, head }) => `${layer}.${head}`));
  return ablated.flatMap(({ layer }) => {
    const free = Array.from({ length: heads }, (_, head) => head).filter((head) => !taken.has(`${layer}.${head}`));
    if (free.length === 0) return [];
    const head = random.choice(free);
    taken.add(`${layer}.${head}`);
    return [{ layer, head }];
  });
}
