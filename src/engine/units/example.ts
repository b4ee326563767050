import { crop } from "../../data/image/crop.ts";
import { image } from "../../data/image/image.ts";
import { resize } from "../../data/image/resize.ts";
import { layoutOf } from "../../graph/axes/layout.ts";
import { isScores, rankClasses, type ScoresKind } from "../../methods/prediction/rank-classes.ts";
import { activationAt, channelOf, logitsWithout, type Unit } from "../../methods/visualization/unit.ts";
import type { RgbPicture, UnitExample, UnitExampleParams } from "../../protocol/visualization.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import { loadInput } from "../inputs.ts";
import type { EngineServices } from "../services.ts";
import { openUnit } from "./open-unit.ts";

const classesShown = 5;
const viewSide = 160;
const cropSide = 96;

/** One channel on one real picture: where it is active, and the model's prediction without it. */
export async function exampleOf(services: EngineServices, params: UnitExampleParams): Promise<UnitExample> {
  const { model, unit } = await openUnit(services, params);
  const { tensor, prepared } = await loadInput(model, { path: params.picture }, services, params.preprocessing);
  const activation = await activationAt(unit, tensor);
  const channel = channelOf(activation, unit);
  const { rows, columns, values } = gridOf(unit, channel);
  const view = prepared.view!;
  const names = model.network.source.classNames;
  const { output } = model.network;
  const ranked = (logits: Float64Array) => rankClasses(logits, classesShown, names, output.is as ScoresKind);
  return {
    view: atMost(view, viewSide),
    activation: { rows, columns, values: Float32Array.from(values) },
    crop: cropAround(view, values, rows, columns),
    ablation: isScores(output)
      ? {
          before: ranked(toFloat64(await model.network.logits(tensor))),
          after: ranked(await logitsWithout(unit, tensor, activation)),
        }
      : undefined,
  };
}

/** Rows and columns where the positions are those of a picture, else one row of all. */
function gridOf({ network, site }: Unit, channel: Float64Array) {
  const grid = layoutOf(network.graph, network.site(site).value)?.grid;
  if (grid === undefined) return { rows: 1, columns: channel.length, values: channel };
  return { ...grid, values: Float64Array.from(grid.at, (position) => channel[position]!) };
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

/**
 * The crop is a third of the picture's side around the strongest position. The exact receptive field would often be the
 * whole picture.
 */
function cropAround(view: RgbPicture, channel: Float64Array, rows: number, columns: number): RgbPicture {
  const strongest = channel.indexOf(channel.reduce((most, value) => Math.max(most, value), -Infinity));
  const side = Math.max(1, Math.round(Math.min(view.width, view.height) / 3));
  const start = (index: number, count: number, extent: number): number =>
    Math.round(((index + 0.5) * extent) / count - side / 2);
  const x = Math.min(view.width - side, Math.max(0, start(strongest % columns, columns, view.width)));
  const y = Math.min(view.height - side, Math.max(0, start(Math.floor(strongest / columns), rows, view.height)));
  const cut = crop(image(view.width, view.height, view.rgb), { x, y, width: side, height: side });
  return atMost({ width: cut.width, height: cut.height, rgb: Uint8Array.from(cut.data) }, cropSide);
}
