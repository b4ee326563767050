import { logit, parseTarget, type Place, type Target, type Term } from "../../graph/target.ts";
import { bestBox } from "../../methods/prediction/describe-boxes.ts";
import { labelsOf } from "../../methods/prediction/describe-pixels.ts";
import { outputOf } from "../../methods/prediction/prediction.ts";
import type { Preprocessing } from "../../protocol/model.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { toFloat64, type Tensor } from "../../tensor/tensor.ts";
import { loadInput } from "../inputs.ts";
import type { OpenNetwork } from "../models/open-network.ts";
import { wholePath } from "../paths.ts";
import type { EngineServices } from "../services.ts";
import { euclideanLength } from "../../tensor/euclidean-length.ts";

/** What a target depends on besides its text. */
export interface TargetInput {
  readonly services: Pick<EngineServices, "preprocessing" | "settings">;
  readonly model: OpenNetwork;
  readonly input: Tensor;
  readonly preprocessing: Preprocessing | undefined;
}

/** The class that a person named, by number or by name, an expression, or what the model itself finds most. */
export async function chooseTarget(of: TargetInput, text: string | undefined): Promise<Target> {
  const { network, card } = of.model;
  const values = async (): Promise<Float64Array> => toFloat64(await network.logits(of.input));
  if (text === undefined || text === "") return resolved(usualTarget(of.model, await values()), of, values);
  const [, word = text, at = ""] = /^([^@]*?)(@(?:own|[\d,]+))?$/.exec(text) ?? [];
  const names = card.classes?.names;
  const index = /^\d+$/.test(word)
    ? Number(word)
    : (names?.findIndex((name) => name.toLowerCase() === word.toLowerCase()) ?? -1);
  if (index >= 0) return resolved(classTarget(of.model, index, at), of, values);
  if (word !== "score" && /^[\p{L}\s'-]+$/u.test(word)) throw noSuchClass(word, names);
  return resolved(parseTarget(text), of, values);
}

/** A class by its number: of two classes with one score, that score or its negative. */
function classTarget({ network, card }: OpenNetwork, index: number, at: string): Target {
  const { output } = network;
  if (output.is === "boxes")
    throw new GlassboxError("option", `${card.name} gives boxes, each with scores of its own`, {
      hint: `Name the box as well: box:<box>:class:${index}.`,
    });
  if (output.is !== "binary") return parseTarget(`logit:${index}${at}`);
  if (index > 1) throw new GlassboxError("option", `the target is class ${index}, but there are two: 0 and 1`);
  return parseTarget(index === 1 ? "score" : "-score");
}

/** What the model finds most in this input. */
function usualTarget({ network }: OpenNetwork, values: Float64Array): Target {
  const { output } = network;
  const largest = (list: Float64Array): number => list.reduce((best, value, i) => (value > list[best]! ? i : best), 0);
  switch (output.is) {
    case "classes":
    case "independent":
      return logit(largest(values));
    case "binary":
      return parseTarget(values[0]! < 0 ? "-score" : "score");
    case "number":
    case "pixels":
      return parseTarget("number:0");
    case "embedding": {
      const component = largest(values.map(Math.abs));
      return parseTarget(`${values[component]! < 0 ? "-" : ""}number:${component}`);
    }
    case "segmentation": {
      const counts = new Float64Array(output.classes);
      for (const label of labelsOf(values, output.classes, output.exclusive))
        if (label < output.classes) counts[label]! += 1;
      const best = largest(counts);
      return counts[best]! > 0 ? parseTarget(`logit:${best}@own`) : logit(0);
    }
    case "boxes": {
      const { box, index } = bestBox(outputOf(network, values, 1), output);
      return parseTarget(`box:${box}:${output.layout === "end-to-end" ? "score" : `class:${index}`}`);
    }
    case "sequence": {
      const last = output.positions - 1;
      const here = Float64Array.from({ length: output.features }, (_, i) => values[i * output.positions + last]!);
      return parseTarget(`logit:${largest(here)}@${last}`);
    }
  }
}

/** Fills in what only the inputs tell: the pixels of a class, and another input's embedding. */
async function resolved(target: Target, of: TargetInput, values: () => Promise<Float64Array>): Promise<Target> {
  const terms: Term[] = [];
  for (const term of target.terms) {
    if ("place" in term && term.place !== undefined && "own" in term.place)
      terms.push({ ...term, place: ownPixels(of.model, term.index, await values()) });
    else if (term.kind === "similarity") terms.push({ ...term, ...(await embeddingOf(term.to, of)) });
    else terms.push(term);
  }
  return { terms };
}

/** Each pixel that the model gives this class, with equal weights. */
function ownPixels({ network: { output }, card }: OpenNetwork, index: number, values: Float64Array): Place {
  if (output.is !== "segmentation")
    throw new GlassboxError(
      "option",
      `@own means the pixels of a class, and the output of ${card.name} is ${output.is}`,
      { hint: "Leave it out, or give a place: @row,column." },
    );
  const own = labelsOf(values, output.classes, output.exclusive);
  const count = own.filter((label) => label === index).length;
  if (count === 0)
    throw new GlassboxError("option", `${card.name} gives no pixel of this input the class ${index}`, {
      hint: "Leave out @own for the mean over all pixels, or give a place: @row,column.",
    });
  return { own: true, weights: Float64Array.from(own, (label) => (label === index ? 1 / count : 0)) };
}

/** Another input's embedding, scaled to length 1; the file's hash becomes part of what is explained. */
async function embeddingOf(
  to: string,
  { services, model, preprocessing }: TargetInput,
): Promise<{ readonly to: string; readonly direction: Float64Array }> {
  const { network, card } = model;
  if (network.source.direction === undefined)
    throw new GlassboxError("option", `the output of ${card.name} is ${network.output.is}, no vector to compare`);
  const file = to.replace(/#[0-9a-f]{12}$/, "");
  const { tensor, prepared } = await loadInput(model, { path: wholePath(file) }, services, preprocessing);
  const values = toFloat64(await network.logits(tensor));
  const length = euclideanLength(values);
  if (!(length > 0) || !Number.isFinite(length))
    throw new GlassboxError("input", "the embedding of the other input has no direction", { where: file });
  return { to: `${file}#${prepared.sha256.slice(0, 12)}`, direction: values.map((value) => value / length) };
}

function noSuchClass(text: string, names: readonly string[] | undefined): GlassboxError {
  const near = names?.filter((name) => name.toLowerCase().includes(text.toLowerCase())).slice(0, 5) ?? [];
  return new GlassboxError("option", `the model has no class named ${text}`, {
    hint: near.length
      ? `It has ${near.join(", ")}.`
      : 'Give its number, or an expression such as "logit:281 - logit:285".',
  });
}
