import type { BoxLayout } from "../../protocol/contract.ts";
import type { BoxesPrediction, FoundBox } from "../../protocol/result.ts";
import type { Described, OutputOf } from "./described.ts";
import { sigmoid, softmax } from "../../tensor/softmax.ts";
import { nameOf } from "./rank-classes.ts";

/** Candidates with a lower score are not listed: the usual threshold of YOLO's and torchvision's demonstrations. */
const leastScore = 0.25;
/** Of boxes of one class that overlap more than this, the best one is listed (greedy suppression). */
const mostOverlap = 0.45;

/** The boxes with the best scores that do not overlap a better one of their class. */
export function describeBoxes(output: OutputOf, layout: BoxLayout): Described<BoxesPrediction> {
  const candidates = Array.from({ length: layout.boxes }, (_, box) => boxAt(output, layout, box))
    .filter(({ score }) => score >= leastScore)
    .sort((a, b) => b.score - a.score || a.box - b.box);
  const kept: FoundBox[] = [];
  for (const box of candidates) {
    if (kept.length === output.top) break;
    if (kept.every((other) => other.index !== box.index || overlap(other, box) <= mostOverlap)) kept.push(box);
  }
  return {
    data: { kind: "model-output", is: "boxes", boxes: layout.boxes, top: kept },
    certificate: [
      {
        id: "candidates",
        label: "candidates",
        status: "info",
        value: `${candidates.length} of ${layout.boxes}`,
        sentence: `${candidates.length} of ${layout.boxes} candidate boxes have a score of at least ${leastScore}; of those of one class that overlap by more than ${mostOverlap}, the best one is listed.`,
        numbers: { candidates: candidates.length, boxes: layout.boxes },
      },
    ],
  };
}

/** The candidate whose best class has the greatest score. */
export function bestBox(output: OutputOf, layout: BoxLayout): FoundBox {
  let best = boxAt(output, layout, 0);
  for (let box = 1; box < layout.boxes; box++) {
    const other = boxAt(output, layout, box);
    if (other.score > best.score) best = other;
  }
  return best;
}

/** The channel of a box's first class. */
export const firstClass = ({ objectness }: BoxLayout): number => (objectness ? 5 : 4);

/** One candidate: its best class, its score, and where it is. */
function boxAt({ values, names, extent }: OutputOf, layout: BoxLayout, box: number): FoundBox {
  const at = (channel: number): number => values[channel * layout.boxes + box]!;
  const { index, score } = bestClass(at, layout);
  const [rows, columns] = layout.unit === "pixels" ? (extent ?? [1, 1]) : [1, 1];
  const [a, b, c, d] = [at(0) / columns, at(1) / rows, at(2) / columns, at(3) / rows];
  const place =
    layout.coordinates === "centre"
      ? { left: a - c / 2, top: b - d / 2, width: c, height: d }
      : { left: a, top: b, width: c - a, height: d - b };
  return { box, index, name: nameOf(index, names), score, ...place };
}

function bestClass(at: (channel: number) => number, layout: BoxLayout): { index: number; score: number } {
  if (layout.layout === "end-to-end") return { index: Math.round(at(5)), score: at(4) };
  const first = firstClass(layout);
  const raw = Float64Array.from({ length: layout.classes }, (_, index) => at(first + index));
  const scores =
    layout.scores === "logits" ? softmax(raw) : layout.scores === "independent-logits" ? raw.map(sigmoid) : raw;
  let index = layout.background === 0 ? 1 : 0;
  for (let i = 0; i < scores.length; i++) if (i !== layout.background && scores[i]! > scores[index]!) index = i;
  return { index, score: scores[index]! * (layout.objectness ? at(4) : 1) };
}

/** The area that two boxes share, divided by the area that they cover together. */
function overlap(a: FoundBox, b: FoundBox): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (a.width * a.height + b.width * b.height - shared || 1);
}
