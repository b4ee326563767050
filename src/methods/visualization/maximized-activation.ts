import { formatObjective, type Objective } from "../../graph/objective.ts";
import type { Check } from "../../protocol/result.ts";
import type { MaximizedUnit, MaximizedUnits } from "../../protocol/visualization.ts";
import { analysis, type Outcome } from "../analysis.ts";
import { amount, choice, count, seed, toggle } from "../option.ts";
import { judgeUnit } from "./judge-unit.ts";
import { optimizeGroup } from "./optimize-group.ts";
import { presets, presetSteps, type PresetName } from "./recipe.ts";
import { comparesImages, groupsOf, type Paused, type RenderTask } from "./render-groups.ts";

/** The default number of pictures per objective if diversity compares them. */
const comparedImages = 4;

/**
 * Activation maximization (Erhan, Bengio, Courville, Vincent 2009) in the form of feature visualization (Olah, Mordvintsev,
 * Schubert 2017): the picture that maximizes an objective, by gradient ascent on a parametrized image under random
 * transforms. The certificate compares it with real pictures and under transforms. Cost: one gradient per step.
 */
export const maximizedActivation = analysis("maximized-activation", {
  family: "visualization",
  title: "Maximized activation",
  summary: "The picture that activates a unit most, and whether to trust it.",
  command: { name: "visualize" },
  cost: "one gradient per step",
  paper: {
    title: "Feature Visualization",
    authors: "Olah, Mordvintsev, Schubert",
    year: 2017,
    link: "https://doi.org/10.23915/distill.00007",
  },
  takes: "unit",
  gives: "maximized-units",
  needsTarget: false,
  resumes: true,
  options: {
    preset: choice(["glassbox", "lucid", "pixel"], {
      label: "Preset",
      description:
        "How the picture is parametrized and transformed during optimization; pixel is plain gradient ascent on pixels, for comparison.",
    }),
    range: choice(["sigmoid", "soft"], {
      label: "Range",
      description:
        "How colours are limited to their range: by a sigmoid, or by a soft curve, from which saturated pixels can recover.",
    }),
    size: count(128, 16, 512, { label: "Size", description: "Number of rows and columns of the picture." }),
    steps: count(0, 0, 4096, {
      label: "Steps",
      description: `Number of optimizer steps; 0 uses the preset's: ${presetSteps.glassbox}, or ${presetSteps.lucid} for lucid.`,
    }),
    images: count(1, 1, 16, {
      label: "Pictures",
      description: `Number of pictures per objective, from different noise; ${comparedImages} by default if diversity compares them.`,
    }),
    seed: seed(),
    learningRate: amount(0, 0, 10, {
      label: "Learning rate",
      description: "Learning rate of Adam; 0 uses the preset's.",
    }),
    totalVariation: amount(0, 0, 1e6, {
      label: "Total variation",
      description: "Weight of the mean absolute difference of neighbouring pixels.",
    }),
    l2: amount(0, 0, 1e6, { label: "L2", description: "Weight of the mean squared distance from middle grey." }),
    portable: toggle(false, {
      label: "Same on every machine",
      description:
        "Computes in WebAssembly, which gives the same result on every machine and takes about ten times as long.",
    }),
  },
  effective: (options, { objectives }) => {
    const preset = options.preset as PresetName;
    return {
      ...options,
      steps: options.steps || presetSteps[preset],
      learningRate: options.learningRate || presets[preset].learningRate,
      images: options.images === 1 && objectives.some(comparesImages) ? comparedImages : options.images!,
    };
  },
  async *run(context) {
    const { objectives, options, photographsFound, parts, fresh, cancelled } = context;
    const { preset, range, size, steps, images, learningRate, totalVariation, l2 } = options;
    const settings = {
      network: options.portable ? await context.portable() : context.network,
      coding: context.coding,
      size: [size, size] as const,
      steps,
      seed: options.seed,
      recipe: { ...presets[preset], range, learningRate, totalVariation, l2 },
    };
    const keyOf = (what: "unit" | "paused", objective: Objective): string =>
      JSON.stringify([maximizedActivation.id, what, formatObjective(objective), options]);
    const units = new Map<number, MaximizedUnit>();
    const tasks: RenderTask[] = [];
    for (const [index, objective] of objectives.entries()) {
      if (fresh) parts.drop(keyOf("paused", objective));
      const known = parts.get<MaximizedUnit>(keyOf("unit", objective));
      if (known) units.set(index, known);
      else tasks.push({ index, objective, paused: parts.get<Paused>(keyOf("paused", objective)) });
    }
    let before = 0;
    for (const group of groupsOf(tasks, settings, context.memoryBudgetBytes, images)) {
      if (cancelled()) break;
      const { length } = group.tasks;
      const start = before;
      before += length * steps;
      const ofUnits = objectives.length > 1 ? `, ${units.size + length} of ${objectives.length} units` : "";
      const progressAt = (step: number) => ({
        done: start + length * step,
        total: tasks.length * steps,
        note: `${step} of ${steps} steps${ofUnits}`,
      });
      const optimized = yield* optimizeGroup(group, progressAt, cancelled);
      for (const [i, { index, objective }] of group.tasks.entries()) {
        const unit = await judgeUnit(group.settings, objective, optimized.images[i]!, context);
        units.set(index, unit);
        if (optimized.paused) parts.put(keyOf("paused", objective), optimized.paused[i]);
        else {
          parts.put(keyOf("unit", objective), unit);
          parts.drop(keyOf("paused", objective));
        }
      }
    }
    return outcomeOf(units, photographsFound);
  },
});

function outcomeOf(found: ReadonlyMap<number, MaximizedUnit>, photographsFound: number): Outcome<MaximizedUnits> {
  const units = [...found].sort(([a], [b]) => a - b).map(([, unit]) => unit);
  return { data: { kind: "maximized-units", units, photographsFound }, certificate: certificateOf(units) };
}

/** The checks of one unit; with several units, the labels name the unit. */
function certificateOf(units: readonly MaximizedUnit[]): readonly Check[] {
  if (units.length === 1) return units[0]!.certificate;
  return units.flatMap(({ objective, certificate }) =>
    certificate.map((check) => ({ ...check, label: `${objective}: ${check.label}` })),
  );
}
