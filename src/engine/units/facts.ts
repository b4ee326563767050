import { isScores } from "../../methods/prediction/rank-classes.ts";
import { activationAt, channelOf, logitSlopes } from "../../methods/visualization/unit.ts";
import type { UnitFacts, UnitParams } from "../../protocol/visualization.ts";
import { loadPhotographs } from "../photographs/load-photographs.ts";
import type { EngineServices } from "../services.ts";
import { openUnit } from "./open-unit.ts";

const bins = 40;
const classesShown = 5;
/** Slopes are averaged over this many pictures. Each costs two passes through the layers after the unit. */
const slopePictures = 16;

/** Facts about one channel from real pictures. If cancelled, from the pictures evaluated so far. */
export async function factsOf(
  services: EngineServices,
  params: UnitParams,
  cancelled: () => boolean,
): Promise<UnitFacts> {
  const { model, unit, positions } = await openUnit(services, params);
  const { photographs: inputs, found } = await loadPhotographs(
    services,
    model,
    params.photographs,
    params.preprocessing,
  );
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
    if (isScores(model.network.output) && sloped < slopePictures) {
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
