import { encodeImage } from "../../data/image/encode-png.ts";
import { image } from "../../data/image/image.ts";
import { maximizedActivation } from "../../methods/visualization/maximized-activation.ts";
import type { UnitThumbnail, UnitThumbnailParams } from "../../protocol/unit-thumbnail.ts";
import type { Asker } from "../ask/asker.ts";
import type { EngineServices } from "../services.ts";
import { factsOf } from "./facts.ts";

/** Fewer pixels and steps than in the panel, for a hover. */
const options = { size: 96, steps: 96 };

/**
 * A unit's thumbnail for hovers: its maximizing picture and its statistics on photographs. `null` if it was stopped.
 */
export async function thumbnailOf(
  services: EngineServices & { readonly asker: Pick<Asker, "ask"> },
  { model, site, channel }: UnitThumbnailParams,
  cancelled: () => boolean,
): Promise<UnitThumbnail | null> {
  const objective = `channel(${JSON.stringify(site)}, ${channel})`;
  const { data } = await services.asker.ask(
    {
      job: `thumbnail ${model} ${objective}`,
      analysis: maximizedActivation.id,
      model,
      subject: { kind: "unit", objectives: [objective] },
      options,
      detail: "display",
    },
    () => undefined,
    cancelled,
  );
  if (cancelled() || data.kind !== maximizedActivation.gives) return null;
  const { histogram } = await factsOf(services, { model, site, channel }, cancelled);
  if (cancelled()) return null;
  const { picture, activation } = data.units[0]!.images[0]!;
  const png = encodeImage(image(picture.width, picture.height, picture.rgb));
  return { png: Buffer.from(png).toString("base64"), activation, mean: histogram.mean, aboveZero: histogram.aboveZero };
}
