import type { Json } from "../../safetensors/json.ts";
import { formatShape } from "../../../tensor/shape.ts";
import type { Value } from "../../../graph/builder.ts";
import type { Law, LayerCall } from "./layer-call.ts";

type Border = readonly [before: number, after: number];

const isCount = (value: Json | undefined): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 24;

/** One count for all sides, one for each axis, or a pair for each axis. */
function bordersOf(c: LayerCall, key: string, rank: number): readonly Border[] {
  const wrong = (): never => c.refuse(`its "${key}" gives no counts for ${rank} axes`);
  const given = c.config.raw(key);
  if (isCount(given)) return Array.from({ length: rank }, (): Border => [given, given]);
  if (!Array.isArray(given)) return wrong();
  const list = given as readonly Json[];
  if (rank === 1 && list.length === 2 && list.every(isCount)) return [[list[0] as number, list[1] as number]];
  if (list.length !== rank) return wrong();
  return list.map((each): Border => {
    if (isCount(each)) return [each, each];
    const [before, after] = Array.isArray(each) ? (each as readonly Json[]) : [];
    return isCount(before) && isCount(after) ? [before, after] : wrong();
  });
}

function imageOf(c: LayerCall, rank: number): Value {
  const { image } = c;
  return image.shape.length === rank + 2
    ? image
    : c.refuse(`its input ${formatShape(c.shape)} has not the ${rank + 2} axes that it needs`);
}

const zeroPadding =
  (rank: number): Law =>
  (c) => {
    const borders = bordersOf(c, "padding", rank);
    const pads = [0, 0, ...borders.map(([before]) => before), 0, 0, ...borders.map(([, after]) => after)];
    return c.asImage(c.apply("Pad", [imageOf(c, rank)], { pads }));
  };

const cropping =
  (rank: number): Law =>
  (c) => {
    const x = imageOf(c, rank);
    const borders = bordersOf(c, "cropping", rank);
    if (borders.some(([before, after], i) => before + after >= x.shape[i + 2]!))
      c.refuse(`nothing would be left of ${formatShape(c.shape)}`);
    const axes = borders.map((_, i) => i + 2);
    return c.asImage(
      c.b.slice(
        x,
        axes,
        borders.map(([before]) => before),
        borders.map(([, after], i) => x.shape[i + 2]! - after),
      ),
    );
  };

export const borders: Readonly<Record<string, Law>> = {
  ZeroPadding1D: zeroPadding(1),
  ZeroPadding2D: zeroPadding(2),
  ZeroPadding3D: zeroPadding(3),
  Cropping1D: cropping(1),
  Cropping2D: cropping(2),
  Cropping3D: cropping(3),
};
