import { usualSteps, usualVisualizeOptions, type VisualizeOptions } from "../../protocol/visualization.ts";

const flags: readonly (readonly [keyof VisualizeOptions, string])[] = [
  ["preset", "preset"],
  ["size", "size"],
  ["steps", "steps"],
  ["images", "batch"],
  ["seed", "seed"],
  ["learningRate", "learning-rate"],
  ["totalVariation", "total-variation"],
  ["l2", "l2"],
  ["range", "range"],
  ["portable", "portable"],
];

/** The terminal command that grows the same picture. */
export function visualizeCommand(
  model: string,
  objective: string,
  options: VisualizeOptions,
  photographs: string | undefined,
): string {
  const usual = { ...usualVisualizeOptions, steps: usualSteps[options.preset] };
  const given = flags.flatMap(([name, flag]) =>
    options[name] === usual[name] ? [] : [options[name] === true ? `--${flag}` : `--${flag} ${options[name]}`],
  );
  return [
    "glassbox visualize",
    quote(model),
    `--objective ${quote(objective)}`,
    ...given,
    ...(photographs ? [`--images ${quote(photographs)}`] : []),
  ].join(" ");
}

const quote = (word: string): string => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
