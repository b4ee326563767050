/** Pictures for random channels of the sample model, by our recipe and by plain ascent on pixels, judged alike. */
import fs from "node:fs";
import path from "node:path";
import { decodeImage } from "../../src/data/image/decode.ts";
import { encodeImage } from "../../src/data/image/encode-png.ts";
import { image, type Image } from "../../src/data/image/image.ts";
import { applyPreprocessing } from "../../src/data/image/preprocessing.ts";
import { parseSidecar, sidecarName } from "../../src/data/image/sidecar.ts";
import { openNetwork } from "../../src/engine/models/open-network.ts";
import { channel } from "../../src/graph/objective.ts";
import { trials, trialTransforms } from "../../src/methods/visualization/certificate.ts";
import { codingOf } from "../../src/methods/visualization/coding.ts";
import { optimizeImages, type RenderJob } from "../../src/methods/visualization/optimize-images.ts";
import { imageOfRgb, rgbOf } from "../../src/methods/visualization/picture.ts";
import { presets, type PresetName } from "../../src/methods/visualization/recipe.ts";
import { scoreInput, scoreUnder } from "../../src/methods/visualization/score.ts";
import { drawPlacement, randomFor } from "../../src/methods/visualization/transforms.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { Random } from "../../src/tensor/random.ts";

export const sites = ["_blocks.2", "_blocks.4", "_blocks.7", "_blocks.10", "_blocks.14"] as const;
export const side = 128;
export const steps = 256;

export interface Judged {
  readonly activation: number;
  /** Mean under the trial transforms. */
  readonly moved: number;
  readonly rgb: Uint8Array;
}

export interface ChannelRow {
  readonly site: string;
  readonly channel: number;
  readonly photograph: number;
  readonly recipe: Judged;
  readonly pixel: Judged;
}

/** @param each channels a site @param only some of the sites, with the same channels as among all */
export async function judgeChannels(
  runtime: Runtime,
  samples: string,
  each: number,
  heard: (row: ChannelRow) => void = () => undefined,
  only: readonly string[] = sites,
): Promise<ChannelRow[]> {
  const file = path.join(samples, "efficientnet-lite0.onnx");
  const { network } = (await openNetwork(file, runtime, 2 ** 31, undefined)).model;
  const preprocessing = parseSidecar(fs.readFileSync(sidecarName(file), "utf8"), sidecarName(file)).preprocessing!;
  const coding = codingOf(preprocessing);
  const photographs = ["chelsea.png", "coffee.png", "rocket.jpg"].map(
    (name) =>
      applyPreprocessing(decodeImage(fs.readFileSync(path.join(samples, name)), name).image, preprocessing).tensor,
  );
  const random = new Random(0);
  const rows: ChannelRow[] = [];
  for (const site of sites) {
    const all = network.graph.types.get(network.site(site).value)!.shape[1]!;
    const channels = [...random.permutation(all)].slice(0, each).sort((a, b) => a - b);
    if (!only.includes(site)) continue;
    const byPreset = async (preset: PresetName): Promise<Judged[]> => {
      const judged: Judged[] = [];
      for (let start = 0; start < channels.length; start += 4) {
        const objectives = channels.slice(start, start + 4).map((index) => channel(site, index));
        const renderJob: RenderJob = {
          network,
          objectives,
          ordinals: objectives.map(() => 0),
          coding,
          size: [side, side],
          steps,
          seed: 0,
          recipe: presets[preset],
        };
        let images: Parameters<typeof rgbOf>[0] | undefined;
        for await (const step of optimizeImages(renderJob)) images = step.images;
        for (const [row, objective] of objectives.entries()) {
          const rgb = rgbOf(images!, row, coding);
          const placements = [
            undefined,
            ...Array.from({ length: trials }, (_, trial) => drawPlacement(randomFor(0, trial, -3), trialTransforms)),
          ];
          const [activation, ...moved] = await scoreUnder(
            renderJob,
            objective,
            imageOfRgb(rgb, [side, side], coding),
            placements,
          );
          judged.push({ activation: activation!, moved: moved.reduce((sum, value) => sum + value, 0) / trials, rgb });
        }
      }
      return judged;
    };
    const recipe = await byPreset("glassbox");
    const pixel = await byPreset("pixel");
    for (const [i, index] of channels.entries()) {
      const scores = [];
      for (const photograph of photographs) scores.push(await scoreInput(network, channel(site, index), photograph));
      rows.push({ site, channel: index, photograph: Math.max(...scores), recipe: recipe[i]!, pixel: pixel[i]! });
      heard(rows.at(-1)!);
    }
  }
  return rows;
}

export interface Verdict {
  /** Shares of the channels. */
  readonly abovePhotographs: number;
  readonly abovePixelAscent: number;
  /** Median over the channels of what is kept under transforms. */
  readonly kept: number;
}

export function verdictOf(rows: readonly ChannelRow[]): Verdict {
  const share = (holds: (row: ChannelRow) => boolean): number => rows.filter(holds).length / rows.length;
  const kept = rows.map(({ recipe }) => recipe.moved / recipe.activation).sort((a, b) => a - b);
  return {
    abovePhotographs: share(({ recipe, photograph }) => recipe.activation > photograph && recipe.moved > photograph),
    abovePixelAscent: share(({ recipe, pixel }) => recipe.moved > pixel.moved),
    kept: kept[Math.floor(kept.length / 2)]!,
  };
}

/** Pictures side by side, `columns` a row. */
export function contactSheet(pictures: readonly Uint8Array[], columns: number): Image {
  const lines = Math.ceil(pictures.length / columns);
  const data = new Uint8Array(columns * lines * side * side * 3);
  pictures.forEach((rgb, i) => {
    for (let y = 0; y < side; y++) {
      const to = ((Math.floor(i / columns) * side + y) * columns + (i % columns)) * side * 3;
      data.set(rgb.subarray(y * side * 3, (y + 1) * side * 3), to);
    }
  });
  return image(columns * side, lines * side, data);
}

/** The table and the contact sheet of the docs. */
export function writeTable(rows: readonly ChannelRow[], docs: string): void {
  const { abovePhotographs, kept, abovePixelAscent } = verdictOf(rows);
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  fs.writeFileSync(
    path.join(docs, "feature-visualization.png"),
    encodeImage(
      contactSheet(
        sites.flatMap((site) =>
          rows
            .filter((row) => row.site === site)
            .slice(0, 6)
            .map(({ recipe }) => recipe.rgb),
        ),
        6,
      ),
    ),
  );
  const line = ({ site, channel, photograph, recipe, pixel }: ChannelRow): string =>
    `| ${site} | ${channel} | ${photograph.toFixed(1)} | ${recipe.activation.toFixed(1)} / ${recipe.moved.toFixed(1)} | ${percent(recipe.moved / recipe.activation)} | ${pixel.activation.toFixed(1)} / ${pixel.moved.toFixed(1)} |`;
  const text = `# What 100 channels look for

This page compares two ways to make the picture that excites a channel most: Glassbox's default recipe (128 px, ${steps} steps,
seed 0), and plain gradient ascent on pixels with as many steps. The model is the sample model (EfficientNet-Lite0), with 20
channels drawn at random at each of five depths. *Moved* is the mean activation under 12 random shifts of up to 8 pixels, scales
of ± 10 % and turns of ± 5°. The command
\`GLASSBOX_SLOW_TESTS=1 GLASSBOX_WRITE_DOCS=1 node scripts/unit-tests.mjs test/visualization\` writes this page and checks it.

![Six channels at each of the five depths, from the first at the top to the last at the bottom](feature-visualization.png)

| claim | measured | required |
|---|---|---|
| Glassbox's picture, as it is and moved, excites the channel more than every sample photograph | ${percent(abovePhotographs)} | ≥ 95 % |
| the share of its activation that it keeps when moved, median | ${percent(kept)} | ≥ 80 % |
| moved, it excites the channel more than pixel ascent's picture, moved in the same way | ${percent(abovePixelAscent)} | ≥ 95 % |

The raw activation is not a good measure. Pixel ascent reaches the higher value almost everywhere, but with noise that a small
shift destroys.

On one machine, equal seeds give equal pictures to the last pixel, whether a picture is optimized alone or with others, paused or
not. Another processor adds in another order. A different rounding can then turn a rectifier on that stays off elsewhere, and from
there two pictures drift apart: by up to 7 of 255 levels after 24 steps, and by 31 after 64, on a processor without AVX. If a
picture must be the same on every machine, make it with \`--portable\` (*Same on every machine* in the panel's recipe).
WebAssembly rounds in the same way everywhere, but takes about ten times as long. Its 64 steps gave the same bytes on x86-64 with
AVX2, on x86-64 without AVX, and on ARM64.

| site | channel | best photograph | Glassbox: raw / moved | kept | pixel ascent: raw / moved |
|---|---|---|---|---|---|
${rows.map(line).join("\n")}
`;
  fs.writeFileSync(path.join(docs, "feature-visualization.md"), text);
}
