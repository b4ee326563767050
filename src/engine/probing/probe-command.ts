import { usualProbeOptions, type ProbeOptions, type ProbeParams } from "../../protocol/probing.ts";

/** The terminal command that gives the same numbers; the dataset is written as it was opened, options where they are not the usual. */
export function probeCommand(
  { model, options }: ProbeParams,
  data: string,
  label: string,
  sites: readonly string[],
  preprocessing: string | undefined,
): string {
  const flags = (Object.keys(usualProbeOptions) as (keyof ProbeOptions)[])
    .filter((name) => options[name] !== usualProbeOptions[name])
    .map((name) => flag(name, options[name]));
  return [
    `glassbox probe ${quote(model)}`,
    `--data ${quote(data)}`,
    `--label ${quote(label)}`,
    `--sites ${quote(sites.join(","))}`,
    ...flags,
    ...(preprocessing ? [`--preprocessing ${quote(preprocessing)}`] : []),
  ].join(" ");
}

function flag(name: string, value: string | number | boolean): string {
  const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return typeof value === "boolean" ? (value ? `--${dashed}` : `--no-${dashed}`) : `--${dashed} ${value}`;
}

const quote = (word: string): string => (/^[\w./:=@%+,#-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
