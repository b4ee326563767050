import { image } from "../../data/image/image.ts";
import { crop } from "../../data/image/crop.ts";
import { resize } from "../../data/image/resize.ts";
import { rankClasses } from "../../methods/prediction/prediction.ts";
import {
  activationAt,
  channelOf,
  checkUnit,
  logitSlopes,
  logitsWithout,
  type Unit,
} from "../../methods/visualization/unit.ts";
import type {
  RgbPicture,
  UnitExample,
  UnitExampleParams,
  UnitFacts,
  UnitParams,
} from "../../protocol/visualization.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import { loadInput } from "../inputs.ts";
import type { OpenModel, OpenModels } from "../models/open-network.ts";
import type { PreprocessingChoices } from "../preprocessing-choice.ts";
import type { VisualizationService } from "./visualization-service.ts";

const bins = 40;
const classesShown = 5;
const viewSide = 160;
const cropSide = 96;
/** Slopes are means over so many pictures: each costs two passes through what lies behind the unit. */
const slopePictures = 16;

/** What is known of one channel from real pictures. */
export class UnitService {
  readonly #models: OpenModels;
  readonly #choices: PreprocessingChoices;
  readonly #visualizations: VisualizationService;

  constructor(models: OpenModels, choices: PreprocessingChoices, visualizations: VisualizationService) {
    this.#models = models;
    this.#choices = choices;
    this.#visualizations = visualizations;
  }

  async facts(params: UnitParams, cancelled: () => boolean): Promise<UnitFacts> {
    const model = await this.#models.open(params.model);
    const unit = unitOf(model, params);
    const { positions } = checkUnit(unit);
    const { inputs, found } = await this.#visualizations.photographs(model, params);
    const values = new Float64Array(inputs.length * positions);
    const photographs: UnitFacts["photographs"][number][] = [];
    let slopes: Float64Array | undefined;
    let sloped = 0;
    for (const [i, { tensor, prepared, path }] of inputs.entries()) {
      if (cancelled()) break;
      const activation = await activationAt(unit, tensor);
      const channel = channelOf(activation, unit);
      values.set(channel, i * positions);
      photographs.push({
        path,
        name: prepared.name,
        mean: channel.reduce((sum, value) => sum + value, 0) / positions,
        largest: channel.reduce((most, value) => Math.max(most, value), -Infinity),
      });
      if (model.notClassifier === undefined && sloped < slopePictures) {
        const one = await logitSlopes(unit, tensor, activation);
        slopes = slopes ? slopes.map((sum, k) => sum + one[k]!) : one;
        sloped++;
      }
    }
    return {
      photographs: photographs.sort((a, b) => b.mean - a.mean),
      photographsFound: found,
      histogram: histogramOf(values.subarray(0, photographs.length * positions)),
      classes:
        slopes &&
        classesOf(
          slopes.map((sum) => sum / sloped),
          model.network.source.classNames,
        ),
    };
  }

  async example(params: UnitExampleParams): Promise<UnitExample> {
    const model = await this.#models.open(params.model);
    const unit = unitOf(model, params);
    checkUnit(unit);
    const { tensor, prepared } = await loadInput(model, { path: params.picture }, this.#choices, params.preprocessing);
    const activation = await activationAt(unit, tensor);
    const channel = channelOf(activation, unit);
    const [rows = 1, columns = channel.length / rows] = activation.shape.slice(2);
    const view = prepared.view!;
    const names = model.network.source.classNames;
    const ranked = (logits: Float64Array) => rankClasses(logits, classesShown, names);
    return {
      view: atMost(view, viewSide),
      activation: { rows, columns, values: Float32Array.from(channel) },
      crop: cropAround(view, channel, rows, columns),
      ablation:
        model.notClassifier === undefined
          ? {
              before: ranked(toFloat64(await model.network.logits(tensor))),
              after: ranked(await logitsWithout(unit, tensor, activation)),
            }
          : undefined,
    };
  }
}

const unitOf = ({ network }: OpenModel, { site, channel }: UnitParams): Unit => ({ network, site, channel });

function histogramOf(values: Float64Array): UnitFacts["histogram"] {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const counts = new Array<number>(bins).fill(0);
  let sum = 0;
  let above = 0;
  for (const value of values) {
    const bin = high > low ? Math.min(bins - 1, Math.floor((bins * (value - low)) / (high - low))) : 0;
    counts[bin] = counts[bin]! + 1;
    sum += value;
    above += value > 0 ? 1 : 0;
  }
  return { low, high, counts, mean: sum / values.length, aboveZero: above / values.length };
}

function classesOf(slopes: Float64Array, names: readonly string[] | undefined): NonNullable<UnitFacts["classes"]> {
  const order = Array.from(slopes, (_, index) => index).sort((a, b) => slopes[b]! - slopes[a]! || a - b);
  const card = (index: number) => ({ index, name: names?.[index] ?? `class ${index}`, slope: slopes[index]! });
  return { raised: order.slice(0, classesShown).map(card), lowered: order.slice(-classesShown).reverse().map(card) };
}

function atMost({ width, height, rgb }: RgbPicture, side: number): RgbPicture {
  const scale = Math.min(1, side / Math.max(width, height));
  const small = resize(
    image(width, height, rgb),
    { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) },
    "bilinear",
  );
  return { width: small.width, height: small.height, rgb: Uint8Array.from(small.data) };
}

/** A third of the picture's side around the strongest position; an exact receptive field would often be all of it. */
function cropAround(view: RgbPicture, channel: Float64Array, rows: number, columns: number): RgbPicture {
  const strongest = channel.indexOf(channel.reduce((most, value) => Math.max(most, value), -Infinity));
  const side = Math.max(1, Math.round(Math.min(view.width, view.height) / 3));
  const middle = (place: number, places: number, extent: number): number =>
    Math.round(((place + 0.5) * extent) / places - side / 2);
  const x = Math.min(view.width - side, Math.max(0, middle(strongest % columns, columns, view.width)));
  const y = Math.min(view.height - side, Math.max(0, middle(Math.floor(strongest / columns), rows, view.height)));
  const cut = crop(image(view.width, view.height, view.rgb), { x, y, width: side, height: side });
  return atMost({ width: cut.width, height: cut.height, rgb: Uint8Array.from(cut.data) }, cropSide);
}
