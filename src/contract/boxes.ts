import type { BoxLayout, OutputKind } from "../protocol/contract.ts";
import { assumed, known } from "./evidence.ts";
import type { Candidate, FoundHead, Hints } from "./found-head.ts";

/** DETR and its relatives have a few hundred queries; SSD has thousands of anchors. */
const mostQueries = 1000;

/** Detectors' outputs by their usual layouts: one output of YOLO's, or a pair of boxes and scores. */
export function boxesOf(candidates: readonly Candidate[], hints: Hints): FoundHead | undefined {
  return pairOf(candidates) ?? candidates.map((each) => yolo(each, candidates, hints)).find(Boolean);
}

const isBoxes = (layout: BoxLayout): OutputKind => ({ is: "boxes", ...layout });

/** [batch, boxes, 4] and [batch, boxes, classes]: SSD (Liu et al. 2016), DETR (Carion et al. 2020). */
function pairOf(candidates: readonly Candidate[]): FoundHead | undefined {
  for (const places of candidates) {
    const [, boxes, four] = places.shape;
    if (places.shape.length !== 3 || four !== 4 || boxes === undefined || boxes < 2) continue;
    const scores = candidates.find(
      (each) => each !== places && each.shape.length === 3 && each.shape[1] === boxes && each.shape[2]! > 1,
    );
    if (scores === undefined) continue;
    const classes = scores.shape[2]!;
    const detr = boxes <= mostQueries && places.ending?.is === "sigmoid";
    const independent = scores.ending?.is === "sigmoid";
    const kind = isBoxes({
      layout: detr ? "detr" : "ssd",
      boxes,
      classes,
      coordinates: detr ? "centre" : "corners",
      unit: "shares",
      objectness: false,
      further: 0,
      scores: independent ? "independent-logits" : "logits",
      background: independent ? undefined : detr ? classes - 1 : 0,
    });
    const words = `"${places.output}" has 4 numbers and "${scores.output}" has ${classes} for each of ${boxes} boxes.`;
    return {
      output: `${places.output}, ${scores.output}`,
      shape: [places.shape[0]!, boxes, 4 + classes],
      kind: (detr || scores.ending ? known : assumed)(kind, "file", words, { boxes, classes }),
      // Coordinates as they are given out, not what their sigmoid is applied to.
      parts: [
        { value: places.value, channelAxis: 2 },
        { value: scores.scores, channelAxis: 2 },
      ],
      note: undefined,
    };
  }
  return undefined;
}

/** One output with everything about each box, recognised by the number of cells of its grids. */
function yolo(candidate: Candidate, all: readonly Candidate[], hints: Hints): FoundHead | undefined {
  // The numbers as they are given out: coordinates and scores end in different functions.
  const { output, value, given } = candidate;
  const { picture, named } = hints;
  const [, first, second] = given;
  if (given.length !== 3 || first === undefined || second === undefined || picture === undefined) return undefined;
  if (second === 6 && first >= 10 && first <= mostQueries) return endToEnd(candidate, first, named ?? 0);
  for (const strides of [
    [8, 16, 32],
    [8, 16, 32, 64],
  ]) {
    const cells = strides.reduce(
      (sum, stride) => sum + Math.floor(picture.rows / stride) * Math.floor(picture.columns / stride),
      0,
    );
    const found = [
      { layout: "yolo-v8", channelAxis: 1, boxes: second, numbers: first, a: 1, objectness: false },
      { layout: "yolox", channelAxis: 2, boxes: first, numbers: second, a: 1, objectness: true },
      { layout: "yolo-v5", channelAxis: 2, boxes: first, numbers: second, a: 3, objectness: true },
    ] as const;
    for (const { layout, channelAxis, boxes, numbers, a, objectness } of found) {
      const rest = numbers - 4 - (objectness ? 1 : 0);
      if (boxes !== a * cells || rest < 1) continue;
      // Coefficients of masks: as many as another output has prototypes.
      const prototypes = all.find(({ shape }) => shape.length === 4)?.shape[1] ?? 0;
      const classes = named !== undefined && named <= rest ? named : rest - prototypes > 0 ? rest - prototypes : rest;
      const kind = isBoxes({
        layout,
        boxes,
        classes,
        coordinates: "centre",
        unit: "pixels",
        objectness,
        further: rest - classes,
        scores: "probabilities",
        background: undefined,
      });
      const words = `"${output}" has ${boxes.toLocaleString("en")} boxes, as many as ${a === 1 ? "" : `${a} anchors in each of `}the cells of strides ${strides.join(", ")} have at ${picture.rows} × ${picture.columns}; each has 4 coordinates${objectness ? ", an objectness" : ""} and ${rest} more numbers.`;
      return {
        output,
        shape: given,
        kind: known(kind, "measured", words, { boxes, cells, classes }),
        parts: [{ value, channelAxis }],
        note: undefined,
      };
    }
  }
  return undefined;
}

/** [batch, boxes, 6]: two corners, a score and the index of a class, as YOLO v10 and exports with suppression give. */
function endToEnd({ output, value, given }: Candidate, boxes: number, classes: number): FoundHead {
  const kind = isBoxes({
    layout: "end-to-end",
    boxes,
    classes,
    coordinates: "corners",
    unit: "pixels",
    objectness: false,
    further: 0,
    scores: "probabilities",
    background: undefined,
  });
  return {
    output,
    shape: given,
    kind: assumed(kind, "usual", `"${output}" has 6 numbers for each of ${boxes} boxes: corners, a score, a class.`),
    parts: [{ value, channelAxis: 2 }],
    note: undefined,
  };
}
