import { experimentOf } from "../../experiment/experiment-of.ts";
import type { AnyAnalysis } from "../../methods/analysis.ts";
import { preprocessingWord } from "../../data/image/preprocessing-word.ts";
import { commandFlag, commandSwitch, quoteWord } from "../../protocol/command-line.ts";
import type { EngineSettings } from "../../protocol/engine.ts";
import type { Question } from "../../protocol/question.ts";
import type { Code, OptionValue, OptionValues, Provenance } from "../../protocol/result.ts";
import { siteNames } from "../../protocol/written-lists.ts";
import { wholePath } from "../paths.ts";
import type { Prepared } from "../subjects/subject.ts";

/**
 * The command, the experiment file and, if a Python library has the analysis, the Python program that give the same
 * numbers.
 */
export function reproduce(
  { model }: Question,
  analysis: AnyAnalysis,
  { target, options }: Provenance,
  { written, runtime: { provider } }: Prepared,
  context: unknown,
  { runtime }: Pick<EngineSettings, "runtime">,
): Code {
  const given = Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== analysis.options[name]!.fallback),
  );
  // Preprocessing from the model's own file need not be written out; detected or chosen preprocessing is known only
  // here.
  const stated = written.preprocessing?.source === "metadata" ? undefined : written.preprocessing;
  const cli = [
    `glassbox ask ${analysis.id} ${quoteWord(model)}`,
    ...written.flags,
    ...(target === undefined ? [] : [commandFlag("target", target)]),
    ...Object.entries(given).map(([name, value]) => optionWord(name, value)),
    ...(stated ? [commandFlag("preprocessing", preprocessingWord(stated))] : []),
    ...(runtime === "onnxruntime" ? [] : [commandFlag("runtime", runtime)]),
    ...(provider === undefined ? [] : [commandFlag("provider", provider)]),
  ].join(" ");
  return {
    cli,
    experiment:
      written.input === undefined
        ? undefined
        : experimentOf({
            model: wholePath(model),
            input: written.input,
            method: analysis.id,
            target,
            ...sitesApart(analysis, given),
            preprocessing: written.preprocessing,
          }),
    python: analysis.python?.(context as never, model),
  };
}

/** Experiment files list several sites under a separate key. */
function sitesApart(
  { options }: AnyAnalysis,
  given: OptionValues,
): { readonly sites?: readonly string[]; readonly options: OptionValues } {
  const name = Object.keys(options).find((each) => options[each]!.kind === "site" && "many" in options[each]!);
  if (name === undefined || given[name] === undefined) return { options: given };
  const { [name]: sites, ...others } = given;
  return { sites: siteNames(String(sites)), options: others };
}

const optionWord = (name: string, value: OptionValue): string =>
  typeof value === "boolean" ? commandSwitch(name, value) : commandFlag(name, String(value));
