import { candidates } from "../data/image/conventions.ts";
import type { Preprocessing } from "../data/image/preprocessing.ts";
import type { RunParams } from "../protocol/engine.ts";
import type { OptionValue, Provenance } from "../protocol/result.ts";

/**
 * The terminal command that gives the same bytes. Preprocessing is written out unless a file beside the
 * model says it, because detection depends on what else is on this machine, and a choice is known only here.
 */
export function cliCommand(
  { model, input }: RunParams,
  { method, target, options, runtime }: Provenance,
  preprocessing: Preprocessing | undefined,
  provider: string | undefined,
): string {
  const parts = [
    "glassbox explain",
    quote(model),
    quote("path" in input ? input.path : input.name),
    `--method ${method}`,
    ...(target === undefined ? [] : [`--target ${quote(target)}`]),
    ...Object.entries(options).map(([name, value]) => optionFlag(name, value)),
    ...(preprocessing === undefined || preprocessing.source === "metadata"
      ? []
      : [`--preprocessing ${quote(preprocessingWord(preprocessing))}`]),
    ...(runtime.name === "onnxruntime" ? [] : [`--runtime ${runtime.name}`]),
    ...(provider === undefined ? [] : [`--provider ${provider}`]),
  ];
  return parts.join(" ");
}

/** `netError` is written `--net-error`; a switch stands alone. An empty or negative value needs the equals sign. */
function optionFlag(name: string, value: OptionValue): string {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (typeof value === "boolean") return value ? `--${flag}` : `--no-${flag}`;
  return `--${flag}=${quote(String(value))}`;
}

/** The convention's name where that says it all, else the values as JSON. */
function preprocessingWord(wanted: Preprocessing): string {
  const values = valuesOf(wanted);
  const side =
    wanted.crop ??
    (wanted.resize?.mode === "exact" ? { height: wanted.resize.size[0], width: wanted.resize.size[1] } : undefined);
  const channels = wanted.channelOrder === "grey" ? 1 : 3;
  const shape =
    side &&
    (wanted.layout === "NCHW" ? [1, channels, side.height, side.width] : [1, side.height, side.width, channels]);
  const named =
    shape && candidates(shape, wanted.layout).find(({ preprocessing }) => valuesOf(preprocessing) === values);
  return named?.convention ?? values;
}

/** In one order, however the record was made. */
function valuesOf({ resize, crop, range, mean, std, channelOrder, layout }: Preprocessing): string {
  const cut = resize === null ? null : { mode: resize.mode, size: resize.size, filter: resize.filter };
  return JSON.stringify({
    resize: cut,
    crop: crop && { height: crop.height, width: crop.width },
    range,
    mean,
    std,
    channelOrder,
    layout,
  });
}

const quote = (word: string): string => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
