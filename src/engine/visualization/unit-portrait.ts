import { encodeImage } from "../../data/image/encode-png.ts";
import { image } from "../../data/image/image.ts";
import type { UnitPortrait, UnitPortraitParams } from "../../protocol/unit-thumbnail.ts";
import { usualVisualizeOptions } from "../../protocol/visualization.ts";
import type { UnitService } from "./unit-service.ts";
import type { VisualizationService } from "./visualization-service.ts";

/** Small enough for a hover: fewer pixels and steps than the panel's, kept in the same cache. */
const quick = { ...usualVisualizeOptions, size: 96, steps: 96 };

/** A unit in a hover: the picture that drives it most, and how it answers to real ones. Half of it is none. */
export async function unitPortrait(
  visualizations: VisualizationService,
  units: UnitService,
  { model, site, channel }: UnitPortraitParams,
  cancelled: () => boolean,
): Promise<UnitPortrait | null> {
  const { results } = await visualizations.run(
    {
      job: `portrait ${site} ${channel}`,
      model,
      objectives: [`channel(${JSON.stringify(site)}, ${channel})`],
      options: quick,
    },
    () => undefined,
    cancelled,
  );
  if (cancelled()) return null;
  const grown = results[0]?.data.images[0];
  const { histogram } = await units.facts({ model, site, channel }, cancelled);
  if (cancelled()) return null;
  const picture = grown && encodeImage(image(grown.picture.width, grown.picture.height, grown.picture.rgb));
  return {
    png: picture ? Buffer.from(picture).toString("base64") : "",
    activation: grown?.activation ?? 0,
    mean: histogram.mean,
    aboveZero: histogram.aboveZero,
  };
}
