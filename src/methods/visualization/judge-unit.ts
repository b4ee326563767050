import { formatObjective, type Objective } from "../../graph/objective.ts";
import type { MaximizedUnit, OptimizedImage } from "../../protocol/visualization.ts";
import type { UnitContext } from "../contexts.ts";
import { certify, trials, trialTransforms } from "./certificate.ts";
import type { RenderedImage } from "./optimize-group.ts";
import type { RenderSettings } from "./optimize-images.ts";
import { imageOfRgb } from "./picture.ts";
import { scoreInput, scoreUnder } from "./score.ts";
import { drawPlacement, randomFor } from "./transforms.ts";

/**
 * Evaluates an objective on its images, as displayed and under transforms, and on real pictures. Cost: one forward pass per
 * real picture, and 13 per image.
 */
export async function judgeUnit(
  settings: RenderSettings,
  objective: Objective,
  rendered: readonly RenderedImage[],
  { photographs, photographsFound }: Pick<UnitContext, "photographs" | "photographsFound">,
): Promise<MaximizedUnit> {
  const images: OptimizedImage[] = [];
  for (const image of rendered) images.push(await judged(settings, objective, image));
  const scores: MaximizedUnit["photographs"][number][] = [];
  for (const { name, tensor } of photographs)
    scores.push({ name, activation: await scoreInput(settings.network, objective, tensor) });
  const activations = scores.map(({ activation }) => activation);
  return {
    objective: formatObjective(objective),
    images,
    photographs: scores,
    certificate: certify(images, activations, photographsFound),
  };
}

async function judged(settings: RenderSettings, objective: Objective, image: RenderedImage): Promise<OptimizedImage> {
  const { size, coding, seed } = settings;
  const placements = Array.from({ length: trials }, (_, trial) =>
    drawPlacement(randomFor(seed, trial, -3), trialTransforms),
  );
  const pixels = imageOfRgb(image.picture.rgb, size, coding);
  const [activation, ...underTransforms] = await scoreUnder({ ...settings, ordinals: [0] }, objective, pixels, [
    undefined,
    ...placements,
  ]);
  return { ...image, activation: activation!, underTransforms };
}
