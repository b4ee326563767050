import { areaOf } from "../../data/concepts/bits.ts";
import { gridFields } from "../../graph/grid-field.ts";
import type { DissectedUnit, Dissection, DissectionSeries, LayerCount } from "../../protocol/dissection.ts";
import type { Progress } from "../../protocol/result.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { analysis, type Outcome, type Update } from "../analysis.ts";
import type { DataContext } from "../contexts.ts";
import type { Network } from "../network.ts";
import { withRandomWeights } from "../probing/random-weights.ts";
import { ablations, reachesLogits } from "./ablation.ts";
import { certificateOf, summaryOf } from "./certificate.ts";
import { conceptTable, type ConceptTable } from "./concept-table.ts";
import { FormulaSearch, type Formula } from "./formulas.ts";
import { liteQuantile, overPicture } from "./lite.ts";
import { dissectionOptions, type DissectionOptions } from "./options.ts";
import { mostRotated, randomRotation, rotatedGraph, rotatedName } from "./rotation.ts";
import { overPictures, type UnitSource } from "./series.ts";
import { Bootstrap, Shuffles, Tally } from "./tally.ts";
import { withShuffles, withStability } from "./tests-of-labels.ts";
import { hasUnitGrid, unitGrid, unitsGraph, unitsName } from "./unit-grid.ts";
import { UnitWords } from "./unit-words.ts";
import { dissectedUnits, layerCount, type MeasuredSeries } from "./units.ts";
import { UpsampledMask } from "./upsampled-mask.ts";

/**
 * Network dissection (Bau, Zhou, Khosla, Oliva, Torralba 2017): the concept that each unit of a layer detects, by the overlap
 * of its strongest activations with the masks of concepts, and what makes that number mean something: what chance, random
 * weights and a random rotation give, how stable the label is, and what the classes lose without the unit.
 * Cost: two evaluations per picture and series, or one if the activations fit into a quarter of the memory.
 */
export const networkDissection = analysis("network-dissection", {
  family: "dissection",
  title: "Network dissection",
  summary:
    "Which concept each unit of a layer detects, compared with shuffled pictures, random weights and a rotated basis, and what the classes lose without it.",
  formula: "IoU = |active ∧ concept| / |active ∨ concept|",
  command: { name: "dissect" },
  cost: "one or two evaluations per picture and control, then a few for each unit that is ablated",
  paper: {
    title: "Network Dissection: Quantifying Interpretability of Deep Visual Representations",
    authors: "Bau, Zhou, Khosla, Oliva, Torralba",
    year: 2017,
    link: "https://arxiv.org/abs/1704.05796",
  },
  takes: "data",
  gives: "dissection",
  needsTarget: false,
  options: dissectionOptions,
  effective: (options, { network }) => ({ ...options, site: String(options["site"]) || defaultSite(network) }),
  run,
});

/** The last site with a grid of at least 16 positions and at most 512 units: late layers have the most abstract units. */
export function defaultSite(network: Network): string {
  const fields = gridFields(network.graph, network.source.input, network.source.layout);
  const fitting = network.sites
    .filter((site) => site.value !== network.source.input && hasUnitGrid(network, site, fields))
    .map(({ name }) => ({ name, grid: unitGrid(network, name) }));
  const fine = fitting.filter(({ grid }) => grid.units <= 512 && grid.field.rows * grid.field.columns >= 16);
  const chosen = (fine.length > 0 ? fine : fitting).at(-1);
  if (chosen === undefined)
    throw new GlassboxError("option", "no layer of this model has units with a grid of positions", {
      hint: "This analysis needs convolution channels, or features of picture tokens.",
    });
  return chosen.name;
}

type Context = DataContext & { readonly options: DissectionOptions };

async function* run(context: Context): AsyncGenerator<Update<Dissection>, Outcome<Dissection>> {
  const { network, samples, options, cancelled } = context;
  const grid = unitGrid(network, options.site);
  const points = [options.points, options.points] as const;
  const table = yield* read(context, points);
  const value = network.site(options.site).value;
  const source: UnitSource = {
    network,
    grid,
    output: unitsName(value),
    key: `dissection ${value}`,
    build: (graph) => unitsGraph(graph, value),
  };
  const notes = [...table.notes];
  if (grid.extraTokens > 0)
    notes.push(
      `${grid.extraTokens === 1 ? "One token has" : `${grid.extraTokens} tokens have`} no place in the picture and ${grid.extraTokens === 1 ? "is" : "are"} left out.`,
    );
  const outcome = (
    units: readonly DissectedUnit[],
    counts: readonly LayerCount[],
    shuffled: Dissection["shuffled"],
  ): Outcome<Dissection> => {
    const data: Omit<Dissection, "summary"> = {
      kind: "dissection",
      site: options.site,
      variant: options.variant,
      limit: options.limit,
      grid: [grid.field.rows, grid.field.columns],
      points,
      pictures: table.pictures.length,
      categories: table.categories,
      concepts: table.concepts.map(({ name, category }, i) => ({
        name,
        category,
        share: table.areas[i]! / (points[0] * points[1] * Math.max(1, table.pictures.length)),
        pictures: table.counts[i]!,
      })),
      units,
      counts,
      shuffled,
      notes,
    };
    return { data: { ...data, summary: summaryOf(data) }, certificate: certificateOf(data) };
  };
  if (cancelled() || table.pictures.length === 0) return outcome([], [], undefined);

  const shuffles = options.shuffles > 0 ? new Shuffles(grid.units, table, options.shuffles, options.seed) : undefined;
  const bootstrap =
    options.bootstraps > 0 ? new Bootstrap(grid.units, table, options.bootstraps, options.seed) : undefined;
  checkRoom(context, grid.units, table);
  const measured = yield* measure(context, source, table, { shuffles, bootstrap, own: true });
  if (measured === undefined) return outcome([], [], undefined);
  let units = dissectedUnits(table, measured, options.variant);
  let shuffled: Dissection["shuffled"];
  if (shuffles && options.variant !== "compositional") {
    const tested = withShuffles(units, table, measured.tally, shuffles, options.variant);
    units = tested.units;
    shuffled = tested.shuffled;
  }
  if (bootstrap && options.variant !== "compositional") {
    bootstrap.addAreas(({ bits }) => areaOf(bits));
    units = withStability(units, table, bootstrap, options.variant);
  }
  const counts: LayerCount[] = [layerCount("trained", units, table.categories, options.limit)];
  yield { progress: { done: 1, total: 1, note: "labels" }, partial: outcome(light(units), counts, shuffled) };

  if (options.ablations > 0 && !cancelled()) {
    if (reachesLogits(network, options.site)) {
      const chosen = new Map(
        units.filter(({ top }) => top.length > 0).map(({ unit, top }) => [unit, top.slice(0, options.ablations)]),
      );
      const steps = ablations(network, options.site, grid, samples.rows, chosen, cancelled);
      for (let step = await steps.next(); ; step = await steps.next()) {
        if (step.done) {
          units = units.map((each) => ({ ...each, ablation: step.value.get(each.unit) }));
          break;
        }
        yield { progress: { ...step.value, note: `${step.value.done} of ${step.value.total} ablations` } };
      }
      yield { progress: { done: 1, total: 1, note: "ablations" }, partial: outcome(light(units), counts, shuffled) };
    } else notes.push("The class scores do not depend on this layer alone, or there are none, so no unit was ablated.");
  }
  for (const [series, control] of controls(context, source, notes)) {
    if (cancelled()) break;
    const found = yield* measure(context, control(), table, { own: false, note: series });
    if (found === undefined || cancelled()) break;
    counts.push(
      layerCount(series, dissectedUnits(table, found, controlVariant(options)), table.categories, options.limit),
    );
    yield {
      progress: { done: 1, total: 1, note: `${series} control` },
      partial: outcome(light(units), counts, shuffled),
    };
  }
  return outcome(units, counts, shuffled);
}

/** Partial answers of wide layers leave out what is only shown for one unit, so that an event stays small. */
const light = (units: readonly DissectedUnit[]): readonly DissectedUnit[] =>
  units.length <= 256 ? units : units.map((unit) => ({ ...unit, byCategory: [], top: [] }));

/** Controls are labelled by single concepts; a search for formulas fits chance too, and would cost as much again. */
const controlVariant = ({ variant }: DissectionOptions): Dissection["variant"] =>
  variant === "compositional" ? "paper" : variant;

function controls(
  { network, variant, options }: Context,
  source: UnitSource,
  notes: string[],
): readonly (readonly [DissectionSeries, () => UnitSource])[] {
  const { seed, random, rotated } = options;
  const list: (readonly [DissectionSeries, () => UnitSource])[] = [];
  if (random) list.push(["random", () => ({ ...source, network: variant(withRandomWeights(network.source, seed)) })]);
  if (rotated && source.grid.units > mostRotated)
    notes.push(
      `The rotated basis was left out: this layer has ${source.grid.units} units, and the limit is ${mostRotated}.`,
    );
  else if (rotated)
    list.push([
      "rotated",
      () => {
        const { value } = network.site(options.site);
        const rotation = randomRotation(source.grid.units, seed);
        return {
          ...source,
          output: rotatedName(value),
          key: `dissection rotated ${value} ${seed}`,
          build: (graph) => rotatedGraph(graph, value, rotation),
        };
      },
    ]);
  return list;
}

async function* read(
  context: Context,
  points: readonly [number, number],
): AsyncGenerator<Update<Dissection>, ConceptTable> {
  const steps = conceptTable(context, points);
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
    const total = context.dataset.count;
    yield { progress: { done: step.value, total: 4 * total, note: `masks of ${step.value} of ${total} pictures` } };
  }
}

interface Measuring {
  readonly shuffles?: Shuffles | undefined;
  readonly bootstrap?: Bootstrap | undefined;
  /** Whether it is the layer itself and no control. */
  readonly own: boolean;
  readonly note?: DissectionSeries;
}

async function* measure(
  { samples, options, network, memoryBudgetBytes, cancelled }: Context,
  source: UnitSource,
  table: ConceptTable,
  { shuffles, bootstrap, own, note = "trained" }: Measuring,
): AsyncGenerator<Update<Dissection>, MeasuredSeries | undefined> {
  const { units } = source.grid;
  const { layout } = network.source;
  const [height, width] = layout === "NCHW" ? network.inputShape.slice(1) : network.inputShape;
  const picture = [height!, width!] as const;
  const lite = options.variant === "lite";
  const tally = new Tally(units, table);
  const peaks = own ? Array.from({ length: units }, () => new Float32Array(table.pictures.length)) : undefined;
  const words = own && options.variant === "compositional" ? new UnitWords(units) : undefined;
  const steps = overPictures(source, {
    rows: samples.rows,
    quantile: lite ? liteQuantile(options.quantile) : 1 - options.quantile,
    mask: new UpsampledMask(lite ? overPicture(source.grid.field, picture) : source.grid.field, table.points, picture),
    memoryBudgetBytes,
    cancelled,
    onMask: (unit, row, mask, greatest) => {
      if (peaks) peaks[unit]![row] = greatest;
      if (mask.area === 0) return;
      tally.add(unit, row, mask, bootstrap && ((concept, shared) => bootstrap.addShared(unit, row, concept, shared)));
      bootstrap?.addActive(unit, row, tally.categoriesOf(row), mask.area);
      shuffles?.add(unit, row, mask);
      words?.add(unit, row, mask);
      if (words && words.bytes > memoryBudgetBytes / 4) throw tooManyWords();
    },
  });
  const total = samples.rows.count;
  const thresholds = yield* withProgress(steps, total, own ? "" : `${note} control: `);
  if (thresholds === undefined) return undefined;
  const measured = { tally, thresholds, peaks, formulas: undefined };
  if (words === undefined) return measured;
  const search = new FormulaSearch(table, { beam: options.beam, length: options.length, penalty: 1 });
  const formulas: (Formula | undefined)[] = [];
  for (let unit = 0; unit < units; unit++) {
    formulas.push(search.best(words.of(unit)));
    yield { progress: { done: unit + 1, total: units, note: `formulas of ${unit + 1} of ${units} units` } };
    await new Promise(setImmediate);
    if (cancelled()) return measured;
  }
  return { ...measured, formulas };
}

async function* withProgress<T>(
  steps: AsyncGenerator<{ readonly pass: 1 | 2; readonly done: number }, T>,
  total: number,
  prefix: string,
): AsyncGenerator<{ readonly progress: Progress }, T> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
    const { pass, done } = step.value;
    const note = `${prefix}${pass === 1 ? "activations" : "masks"} of ${done} of ${total} pictures`;
    if (done % 8 === 0 || done === total)
      yield { progress: { done: (pass - 1) * total + done, total: 2 * total, note } };
  }
}

const tooManyWords = (): GlassboxError =>
  new GlassboxError("resource", "the units' masks fill a quarter of the memory", {
    hint: "Use fewer pictures or fewer points per side, or another variant than compositional.",
  });

function checkRoom({ options, memoryBudgetBytes }: Context, units: number, table: ConceptTable): void {
  const bytes = Bootstrap.bytes(units, table, options.bootstraps + options.shuffles);
  if (bytes <= memoryBudgetBytes / 4) return;
  throw new GlassboxError(
    "resource",
    `${options.shuffles} shuffles and ${options.bootstraps} bootstrap samples of ${units} units and ${table.concepts.length} concepts need ${(bytes / 2 ** 30).toFixed(1)} GB`,
    { hint: "Ask for fewer of them, or raise the memory budget." },
  );
}
