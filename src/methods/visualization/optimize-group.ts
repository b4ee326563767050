import type { Progress } from "../../protocol/result.ts";
import type { MaximizedUnits, OptimizedImage } from "../../protocol/visualization.ts";
import type { Update } from "../analysis.ts";
import { optimizeImages, type OptimizationStep } from "./optimize-images.ts";
import { rgbOf } from "./picture.ts";
import { joined, sliced, type Paused, type RenderGroup } from "./render-groups.ts";

/** The minimum time between frames, in milliseconds. */
const frameMs = 100;
const historyLength = 64;

/** An image before it is evaluated. */
export type RenderedImage = Pick<OptimizedImage, "picture" | "history">;

export interface OptimizedGroup {
  /** [objective][image] */
  readonly images: readonly (readonly RenderedImage[])[];
  /** The state from which each objective can be resumed, if it was stopped before the last step. */
  readonly paused: readonly Paused[] | undefined;
}

/** Optimizes a group's images, and yields frames of them from time to time. */
export async function* optimizeGroup(
  { settings, tasks, images: each, atOnce }: RenderGroup,
  progressAt: (step: number) => Progress,
  cancelled: () => boolean,
): AsyncGenerator<Update<MaximizedUnits>, OptimizedGroup> {
  const { steps, coding, size } = settings;
  const objectives = tasks.flatMap(({ objective }) => Array.from({ length: each }, () => objective));
  const ordinals = tasks.flatMap(() => Array.from({ length: each }, (_, image) => image));
  const histories = objectives.map((_, row): (readonly [number, number])[] => [
    ...(tasks[Math.floor(row / each)]!.paused?.histories[row % each] ?? []),
  ]);
  const pictureOf = (images: OptimizationStep["images"], row: number): OptimizedImage["picture"] => ({
    width: size[1],
    height: size[0],
    rgb: rgbOf(images, row, coding),
  });
  const stride = Math.max(1, Math.ceil(steps / historyLength));
  const from = joined(tasks.map(({ paused }) => paused?.state));
  let last: OptimizationStep | undefined;
  let sent = -Infinity;
  for await (const step of optimizeImages({ ...settings, objectives, ordinals, atOnce }, from)) {
    last = step;
    const done = step.step === steps;
    step.scores.forEach((score, row) => {
      const history = histories[row]!;
      if ((step.step % stride === 0 || done) && history.at(-1)?.[0] !== step.step) history.push([step.step, score]);
    });
    if (performance.now() - sent >= frameMs || done) {
      sent = performance.now();
      for (const [row, score] of step.scores.entries()) {
        const { index } = tasks[Math.floor(row / each)]!;
        const picture = pictureOf(step.images, row);
        yield {
          progress: progressAt(step.step),
          part: { objective: index, image: row % each, step: step.step, score, picture },
        };
      }
    }
    if (cancelled()) break;
  }
  const { images, ...state } = last!;
  return {
    images: tasks.map((_, task) =>
      Array.from({ length: each }, (__, image) => ({
        picture: pictureOf(images, task * each + image),
        history: histories[task * each + image]!,
      })),
    ),
    paused:
      state.step === steps
        ? undefined
        : tasks.map((_, task) => ({
            state: sliced(state, task, tasks.length),
            histories: histories.slice(task * each, (task + 1) * each),
          })),
  };
}
