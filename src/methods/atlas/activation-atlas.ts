import type { Pictures } from "../../protocol/generic-answers.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { requireMemory } from "../../tensor/memory-budget.ts";
import { analysis, type Outcome, type Update } from "../analysis.ts";
import type { DataContext } from "../contexts.ts";
import { defaultSite } from "../dissection/network-dissection.ts";
import { unitGrid, type UnitGrid } from "../dissection/unit-grid.ts";
import { mostPoints, type Points } from "../layout/neighbours.ts";
import { umap } from "../layout/umap.ts";
import { cellsOf, commonest, inUnitSquare, type Cell } from "./cells.ts";
import { certificateOf } from "./certificate.ts";
import { collectActivations, type Collected } from "./collect.ts";
import { drawAtlas, drawDots, drawStrip } from "./draw.ts";
import { atlasOptions, type AtlasOptions } from "./options.ts";
import { patchReader } from "./patches.ts";

/**
 * An activation atlas (Carter, Armstrong, Schubert, Johnson, Olah 2019) of real patches: activations of a layer at random
 * positions of many pictures, laid out by UMAP so that similar ones are near, and gathered into the cells of a grid. Where
 * the paper optimizes a picture for each cell, each cell here shows the real patch whose activation is nearest to its mean.
 * Cost: one evaluation per picture, then all products of pairs of activations.
 */
export const activationAtlas = analysis("activation-atlas", {
  family: "dissection",
  title: "Activation atlas of real patches",
  summary:
    "What a layer tells apart: activations from many pictures, similar ones near each other, with the real patch nearest to the mean of each cell.",
  cost: "one evaluation per picture, then all products of pairs of activations",
  paper: {
    title: "Activation Atlas",
    authors: "Carter, Armstrong, Schubert, Johnson, Olah",
    year: 2019,
    link: "https://distill.pub/2019/activation-atlas/",
  },
  takes: "data",
  gives: "pictures",
  needsTarget: false,
  options: atlasOptions,
  effective: (options, { network }) => ({ ...options, site: String(options["site"]) || defaultSite(network) }),
  run,
});

type Context = DataContext & { readonly options: AtlasOptions };

const cellPixels = 48;
const dotsSide = 240;
const stripPatches = 4;
const epochsBetweenPictures = 50;
const blocksBetweenPauses = 8;

async function* run(context: Context): AsyncGenerator<Update<Pictures>, Outcome<Pictures>> {
  const { network, options, samples, cancelled } = context;
  const grid = unitGrid(network, options.site);
  checkRoom(context, grid);
  const patch = patchReader(context, grid.field, options.patch, cellPixels);
  const collected = yield* collect(context, grid);
  const { points, places } = collected;
  if (cancelled()) return { data: { kind: "pictures", pictures: [] }, certificate: [] };
  checkCount(collected, options.neighbours);
  const layout = yield* laidOut(context, points);
  if (layout === undefined) return { data: { kind: "pictures", pictures: [] }, certificate: [] };

  const square = inUnitSquare(layout);
  const pictures: Pictures["pictures"][number][] = [dots(square, points.count)];
  const levels = Array.from({ length: options.levels }, (_, level) => {
    const side = options.grid * 2 ** level;
    return { side, cells: cellsOf(points, square, side, options.least) };
  });
  const certificate = certificateOf({ collected, layout, options, cells: levels[0]!.cells });
  const total = levels.reduce((sum, { cells }) => sum + cells.length, 0);
  let done = 0;
  for (const { side, cells } of levels) {
    const icons = [];
    for (const { members } of cells) {
      icons.push(patch(places[members[0]!]!));
      if (++done % 16 === 0) {
        yield { progress: { done, total, note: `patches of ${done} of ${total} cells` } };
        await new Promise(setImmediate);
        if (cancelled()) return { data: { kind: "pictures", pictures }, certificate };
      }
    }
    pictures.push({
      name: `${side} × ${side} cells`,
      caption: `${cells.reduce((sum, { members }) => sum + members.length, 0)} of ${points.count} activations of ${options.site} from ${samples.rows.count} pictures in ${cells.length} cells. Near cells have similar activations; distances between far groups and the areas of groups mean nothing.`,
      picture: drawAtlas(cells, icons, side, cellPixels),
    });
  }
  for (const cell of levels[0]!.cells) {
    pictures.push({
      name: `row ${cell.row + 1}, column ${cell.column + 1}`,
      caption: captionOf(context, cell, places),
      picture: drawStrip(Array.from(cell.members.subarray(0, stripPatches), (member) => patch(places[member]!))),
    });
    await new Promise(setImmediate);
    if (cancelled()) break;
  }
  return { data: { kind: "pictures", pictures }, certificate };
}

async function* collect(context: Context, grid: UnitGrid): AsyncGenerator<Update<Pictures>, Collected> {
  const { options, samples } = context;
  const steps = collectActivations(context, options.site, grid, options.perPicture, options.seed);
  const total = samples.rows.count;
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
    yield { progress: { done: step.value, total, note: `activations of ${step.value} of ${total} pictures` } };
  }
}

/** The layout [activation, 2], or nothing if it was cancelled. It is drawn as dots while it forms. */
async function* laidOut(
  { options, cancelled }: Context,
  points: Points,
): AsyncGenerator<Update<Pictures>, Float64Array | undefined> {
  const steps = umap(points, { ...options, spread: 1 });
  for (let turn = 1; ; turn++) {
    const step = steps.next();
    if (step.done) return step.value;
    const { stage, done, total } = step.value;
    if (stage === "layout" && done % epochsBetweenPictures === 0)
      yield {
        progress: { done, total, note: `layout, ${done} of ${total} passes` },
        partial: {
          data: { kind: "pictures", pictures: [dots(inUnitSquare(step.value.layout), points.count)] },
          certificate: [],
        },
      };
    else if (turn % blocksBetweenPauses === 0)
      yield { progress: { done, total, note: `${stage}, ${done} of ${total}` } };
    if (turn % blocksBetweenPauses === 0) await new Promise(setImmediate);
    if (cancelled()) return undefined;
  }
}

const dots = (square: Float64Array, count: number): Pictures["pictures"][number] => ({
  name: "layout",
  caption: `${count} activations. Near ones are similar; distances between far groups and the areas of groups mean nothing.`,
  picture: drawDots(square, dotsSide),
});

function captionOf({ label }: Context, { members }: Cell, places: Collected["places"]): string {
  const found = commonest(Array.from(members, (member) => label.values[places[member]!.picture]!));
  return `${members.length} activations; ${Math.round(found.share * 100)} % from pictures of ${label.name} ${label.classes[found.label]!}`;
}

function checkCount({ points, notFinite }: Collected, neighbours: number): void {
  if (points.count >= neighbours) return;
  throw new GlassboxError(
    "input",
    `${points.count} activations were found${notFinite > 0 ? `, and ${notFinite} that are not finite` : ""}, and ${neighbours} neighbours of each were asked for`,
    { hint: "Use more pictures, more positions per picture, or fewer neighbours." },
  );
}

/** Memory: the activations in float32 and in float64, the neighbours, and what the measure of the layout holds. */
function checkRoom({ samples, options, memoryBudgetBytes }: Context, { units, field }: UnitGrid): void {
  const most = samples.rows.count * Math.min(options.perPicture, field.rows * field.columns);
  const inside = samples.rows.count * Math.min(options.perPicture, Math.max(1, (field.rows - 2) * (field.columns - 2)));
  const count = field.rows > 2 && field.columns > 2 ? inside : most;
  if (count > mostPoints)
    throw new GlassboxError("option", `an atlas of ${count.toLocaleString("en")} activations was asked for`, {
      hint: `The limit is ${mostPoints.toLocaleString("en")}: use fewer pictures or fewer positions per picture.`,
    });
  requireMemory(count * (units * 12 + options.neighbours * 60), memoryBudgetBytes, "an atlas of these activations");
}
