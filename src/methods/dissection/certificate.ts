import {
  countOf,
  detectorsOf,
  type DissectedUnit,
  type Dissection,
  type LayerCount,
} from "../../protocol/dissection.ts";
import type { Check } from "../../protocol/result.ts";

type Data = Omit<Dissection, "summary">;

/** The checks of a dissection: what its counts are worth. */
export function certificateOf(data: Data): readonly Check[] {
  if (data.counts.length === 0) return [];
  return [
    ...shuffled(data),
    ...random(data),
    ...rotated(data),
    ...stability(data),
    ...uses(data),
    ...silent(data),
    ...coverage(data),
  ];
}

/** What the layer detects, in sentences. */
export function summaryOf(data: Data): readonly string[] {
  const trained = countOf(data, "trained");
  if (trained === undefined) return ["It was stopped before the first labels."];
  const detectors = detectorsOf(data);
  const frequent = [...frequencies(detectors)].sort(([, a], [, b]) => b - a).slice(0, 3);
  const most = frequent.map(([label, count]) => `${label} (${count})`).join(", ");
  const controls = data.counts
    .filter(({ series }) => series !== "trained")
    .map(({ series, detectors: count, uniqueLabels }) => `${count} and ${uniqueLabels} ${controlNames[series]}`);
  return [
    `${trained.detectors} of ${data.units.length} units of ${data.site} have an IoU above ${data.limit}, with ${trained.uniqueLabels} different labels${most ? `; most often ${most}` : ""}.`,
    ...(controls.length > 0 ? [`Such detectors and labels are ${controls.join(", ")}.`] : []),
    "A label says which of these concepts a unit's strongest activations overlap most, not that the model uses it.",
  ];
}

const controlNames: Readonly<Record<LayerCount["series"], string>> = {
  trained: "in the layer",
  random: "with random weights",
  rotated: "in a rotated basis",
};

function frequencies(units: readonly DissectedUnit[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of units) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function shuffled(data: Data): Check[] {
  if (data.shuffled === undefined) return [];
  const detectors = detectorsOf(data).filter(({ q }) => q !== undefined);
  const chance = detectors.filter(({ q }) => q! > 0.05);
  const { quantile95, mean } = data.shuffled;
  return [
    {
      id: "shuffled",
      label: "shuffled pictures",
      status: chance.length > 0 || quantile95 > data.limit ? "warn" : "pass",
      value: `IoU ${quantile95.toFixed(3)} by chance`,
      sentence: `With masks of other pictures, units reach an IoU of ${mean.toFixed(4)} on average, and 5 % of them more than ${quantile95.toFixed(4)}. ${
        chance.length > 0
          ? `${chance.length} of ${detectors.length} tested detectors are not beyond that at a false-discovery rate of 5 %.`
          : `All ${detectors.length} tested detectors are beyond chance at a false-discovery rate of 5 %.`
      }`,
      numbers: { mean, quantile95, tested: detectors.length, chance: chance.length },
    },
  ];
}

/** The honest lesson of dissection: counts alone are fooled by what needs no training. */
function random(data: Data): Check[] {
  const [trained, control] = [countOf(data, "trained")!, countOf(data, "random")];
  if (control === undefined) return [];
  const more = trained.uniqueLabels > control.uniqueLabels || trained.meanIou > 1.2 * control.meanIou;
  return [
    {
      id: "random",
      label: "random weights",
      status: more ? "pass" : "warn",
      ...figuresOf(control),
      sentence: `The same network with random weights has ${control.detectors} detectors of ${control.uniqueLabels} concepts and a mean IoU of ${control.meanIou.toFixed(4)}; the trained one has ${trained.detectors}, ${trained.uniqueLabels} and ${trained.meanIou.toFixed(4)}. ${
        more
          ? "What exceeds the control comes from training."
          : "So these counts come from the architecture and the pictures, not from training."
      }`,
    },
  ];
}

/** What a control found, as a check shows it. */
const figuresOf = ({ detectors, uniqueLabels, meanIou }: NonNullable<ReturnType<typeof countOf>>) => ({
  value: `${detectors} detectors, ${uniqueLabels} labels`,
  numbers: { detectors, uniqueLabels, meanIou },
});

function rotated(data: Data): Check[] {
  const [trained, control] = [countOf(data, "trained")!, countOf(data, "rotated")];
  if (control === undefined) return [];
  const aligned = trained.uniqueLabels > control.uniqueLabels;
  return [
    {
      id: "rotated",
      label: "rotated basis",
      status: aligned ? "pass" : "warn",
      ...figuresOf(control),
      sentence: `After a random rotation of the units there are ${control.detectors} detectors of ${control.uniqueLabels} concepts, with a mean IoU of ${control.meanIou.toFixed(4)}. ${
        aligned
          ? "The units themselves detect more concepts, so their axes are special."
          : "The units themselves do not detect more concepts, so here nothing says that their axes are special."
      }`,
    },
  ];
}

function stability(data: Data): Check[] {
  const known = detectorsOf(data).flatMap(({ stability: value }) => value ?? []);
  if (known.length === 0) return [];
  const unstable = known.filter((value) => value < 0.8).length;
  return [
    {
      id: "stability",
      label: "stable labels",
      status: unstable * 5 > known.length ? "warn" : "pass",
      value: `${known.length - unstable} of ${known.length}`,
      sentence: `${known.length - unstable} of ${known.length} detectors keep their label in at least 80 % of the bootstrap samples of the pictures. The thresholds stay those of all pictures.`,
      numbers: { detectors: known.length, unstable },
    },
  ];
}

/** Detecting is not using: the effect of an ablation is what links them. */
function uses(data: Data): Check[] {
  const detectors = detectorsOf(data).filter(({ ablation }) => ablation !== undefined);
  const others = data.units.filter(({ iou = 0, ablation }) => iou <= data.limit && ablation !== undefined);
  if (detectors.length === 0) return [];
  const mean = (units: readonly DissectedUnit[]): number =>
    units.reduce((sum, { ablation }) => sum + ablation!.divergence, 0) / Math.max(1, units.length);
  const changing = detectors.filter(({ ablation }) => ablation!.changed > 0).length;
  return [
    {
      id: "uses",
      label: "detects and uses",
      status: "info",
      value: `${mean(detectors).toPrecision(2)} nats`,
      sentence: `Without a detector, the class probabilities of the pictures that activate it most change by ${mean(detectors).toPrecision(3)} nats on average${others.length > 0 ? `, without another unit by ${mean(others).toPrecision(3)}` : ""}; the first class of at least one of them changes for ${changing} of ${detectors.length} detectors. The pictures are outside of what most models were trained on.`,
      numbers: { detectors: mean(detectors), others: mean(others), changing },
    },
  ];
}

function silent({ units }: Data): Check[] {
  const count = (state: DissectedUnit["state"]): number => units.filter((unit) => unit.state === state).length;
  const [asleep, invalid] = [count("silent"), count("invalid")];
  if (asleep + invalid === 0) return [];
  const words = [
    ...(asleep > 0 ? [`${asleep} of ${units.length} units are silent: their value is the same nearly everywhere`] : []),
    ...(invalid > 0 ? [`${invalid} have values that are not finite`] : []),
  ];
  return [
    {
      id: "silent",
      label: "silent units",
      status: invalid > 0 ? "fail" : "info",
      value: `${asleep + invalid} of ${units.length}`,
      sentence: `${words.join(", and ")}. They have no label and are left out of the means.`,
      numbers: { silent: asleep, invalid },
    },
  ];
}

/** A concept that covers much of the pixels overlaps with any unit. */
function coverage({ concepts }: Data): Check[] {
  const large = concepts.filter(({ share }) => share > 0.125);
  if (large.length === 0) return [];
  return [
    {
      id: "coverage",
      label: "large concepts",
      status: "warn",
      value: `${large.length} of ${concepts.length}`,
      sentence: `${large.length} of ${concepts.length} concepts cover more than an eighth of all points, so any active unit overlaps with them: compare normalized IoU and the shuffles.`,
      numbers: { large: large.length },
    },
  ];
}
