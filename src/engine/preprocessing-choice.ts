import path from "node:path";
import { fileURLToPath } from "node:url";
import { isFolder } from "../files/look.ts";
import { KeptFolder } from "../files/kept-folder.ts";
import { readWhole, textOf } from "../files/read-whole.ts";
import { chooseConvention, type Trial } from "../data/image/choose-convention.ts";
import { candidates, conventionNamed, imageInput, preprocessingFor } from "../data/image/conventions.ts";
import { parseSidecar } from "../data/image/sidecar.ts";
import { decodeImage } from "../data/image/decode.ts";
import { blankView, detectionViews } from "../data/image/detection-views.ts";
import type { Image } from "../data/image/image.ts";
import { toTensor, type Preprocessing } from "../data/image/preprocessing.ts";
import { isScores, probabilitiesOf, type ScoresKind } from "../methods/prediction/rank-classes.ts";
import type { Network } from "../methods/network.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { stackRows, takeRows } from "../tensor/rows.ts";
import { toFloat64 } from "../tensor/tensor.ts";
import type { OpenNetwork } from "./models/open-network.ts";

export interface PreprocessingChoice {
  readonly preprocessing: Preprocessing;
  /** False if a person should confirm it. */
  readonly sure: boolean;
  readonly alternatives: readonly { readonly title: string; readonly preprocessing: Preprocessing }[];
}

/**
 * Wrong preprocessing is the most common silent error, so the choice is always shown. It comes from the sidecar file,
 * from a person's earlier choice, or else from the convention under which the model is most confident on photographs.
 */
export class PreprocessingChoices {
  readonly #kept: KeptFolder;
  readonly #detected = new Map<string, Promise<PreprocessingChoice>>();

  constructor(cacheFolder: string) {
    this.#kept = new KeptFolder(path.join(cacheFolder, "preprocessing"), { mostBytes, durable: true });
  }

  /** Cached by `photographHash`, because a choice that is unclear from one photograph may be clear from another. */
  async choose(model: OpenNetwork, photograph: Image, photographHash: string): Promise<PreprocessingChoice> {
    const remembered = this.#read(model, "chosen");
    const alternatives = alternativesOf(model);
    if (remembered)
      return {
        preprocessing: { ...remembered.preprocessing, source: "user", reason: "You chose it for this model." },
        sure: true,
        alternatives,
      };
    const stated = model.card.contract.inputs.find(({ role }) => role.value.is === "explained")?.preprocessing;
    if (stated) return { preprocessing: stated.value, sure: stated.sure, alternatives };
    const { output } = model.network;
    if (!isScores(output)) return { preprocessing: usual(model), sure: false, alternatives };
    const question = `${model.card.sha256} ${photographHash}`;
    const known = this.#detected.get(question) ?? this.#detect(model, photograph);
    this.#detected.set(question, known);
    known.catch(() => this.#detected.delete(question));
    return known;
  }

  /** What the question itself gives; nothing is detected. */
  given(model: OpenNetwork, preprocessing: Preprocessing): PreprocessingChoice {
    return { preprocessing, sure: true, alternatives: alternativesOf(model) };
  }

  /** Remembers a person's choice; `undefined` forgets it. */
  remember(model: OpenNetwork, preprocessing: Preprocessing | undefined): void {
    const name = nameOf(model, "chosen");
    if (preprocessing === undefined) this.#kept.remove(name);
    else if (!this.#kept.write(name, bytesOf({ preprocessing, sure: true }))) throw cannotRemember(this.#kept.folder);
  }

  async #detect(model: OpenNetwork, photograph: Image): Promise<PreprocessingChoice> {
    const remembered = this.#read(model, "detected");
    const found = remembered ?? (await detect(model, photograph));
    if (!remembered && found.sure) this.#kept.write(nameOf(model, "detected"), bytesOf(found));
    return { ...found, alternatives: alternativesOf(model) };
  }

  #read(model: OpenNetwork, kind: Kind): Kept | undefined {
    const name = nameOf(model, kind);
    const bytes = this.#kept.read(name);
    const found = bytes && parseKept(textOf(bytes));
    // Of another version, or written by something else: it would be in the way for good.
    if (bytes && !found) this.#kept.remove(name);
    return found;
  }
}

type Kind = "chosen" | "detected";
type Kept = Pick<PreprocessingChoice, "preprocessing" | "sure">;

/** A choice takes less than a kilobyte. */
const mostBytes = 64 << 20;

const nameOf = (model: OpenNetwork, kind: Kind): string => `${model.card.sha256.slice(0, 40)}.${kind}.json`;

const bytesOf = (kept: Kept): Uint8Array => new TextEncoder().encode(JSON.stringify(kept));

/** Undefined if it is not what `bytesOf` writes. */
function parseKept(text: string): Kept | undefined {
  try {
    const { preprocessing, sure } = JSON.parse(text) as { preprocessing: Preprocessing; sure: unknown };
    const { source, reason, ...values } = preprocessing;
    if (typeof sure !== "boolean" || typeof source !== "string" || typeof reason !== "string") return undefined;
    const checked = parseSidecar(JSON.stringify({ preprocessing: values }), "").preprocessing;
    return checked && { preprocessing: { ...checked, source, reason }, sure };
  } catch (error) {
    if (error instanceof GlassboxError || error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

const cannotRemember = (folder: string): GlassboxError =>
  new GlassboxError("resource", "the choice cannot be remembered", {
    where: folder,
    hint: "The disk may be full, or the folder not writable. It holds for this question only.",
  });

function pictureInput({ network }: OpenNetwork): NonNullable<ReturnType<typeof imageInput>> {
  const input = imageInput([1, ...network.inputShape]);
  if (input === undefined) {
    throw new GlassboxError(
      "input",
      `the model's input is [1, ${network.inputShape.join(", ")}], which is no picture`,
      { hint: "Give the input as a .npy tensor of that shape." },
    );
  }
  return input;
}

const alternativesOf = (model: OpenNetwork): PreprocessingChoice["alternatives"] =>
  candidates([1, ...model.network.inputShape]).map(({ convention, preprocessing }) => ({
    title: conventionNamed(convention).title,
    preprocessing,
  }));

/** Only answers that are probabilities can be compared; elsewhere the most common convention is taken and said. */
function usual(model: OpenNetwork): Preprocessing {
  pictureInput(model);
  const [first] = candidates([1, ...model.network.inputShape]);
  return {
    ...first!.preprocessing,
    reason: `${conventionNamed(first!.convention).title} is the most common convention; this model gives no class scores that would tell conventions apart.`,
  };
}

/** Tries each common convention on this photograph and on the bundled ones. */
async function detect(model: OpenNetwork, photograph: Image): Promise<Omit<PreprocessingChoice, "alternatives">> {
  const photographs = [photograph, ...bundledPhotographs()];
  const trials: Trial[] = [];
  for (const { convention, preprocessing } of candidates([1, ...model.network.inputShape])) {
    const answers = [];
    for (const each of photographs) {
      const views = detectionViews(each, preprocessing);
      const [blank, ...rest] = await probabilities(model.network, [blankView(views[0]!), ...views], preprocessing);
      answers.push({ blank: blank!, views: rest });
    }
    trials.push({ convention, photographs: answers });
  }
  const { chosen, sure, reason } = chooseConvention(trials);
  return {
    preprocessing: { ...preprocessingFor(conventionNamed(chosen), pictureInput(model)), source: "detected", reason },
    sure,
  };
}

async function probabilities(
  network: Network,
  views: readonly Image[],
  preprocessing: Preprocessing,
): Promise<Float64Array[]> {
  const logits = await network.uncheckedLogits(stackRows(views.map((view) => toTensor(view, preprocessing))));
  return views.map((_, row) => asDistribution(toFloat64(takeRows(logits, row, 1)), network.output.is as ScoresKind));
}

/**
 * An answer as one distribution. Independent scores are taken as the choice of one class at random and then of yes or
 * no, which adds the same constant to the entropy of every answer.
 */
function asDistribution(logits: Float64Array, is: ScoresKind): Float64Array {
  const found = probabilitiesOf(logits, is);
  if (is !== "independent") return found;
  return Float64Array.from({ length: 2 * found.length }, (_, i) => {
    const p = found[Math.floor(i / 2)]!;
    return (i % 2 === 0 ? p : 1 - p) / found.length;
  });
}

const mostPhotographBytes = 64 << 20;

function bundledPhotographs(): Image[] {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const folder = [path.join(here, "..", "samples", "vision"), path.join(here, "..", "..", "samples", "vision")].find(
    isFolder,
  );
  if (folder === undefined) return [];
  return ["chelsea.png", "coffee.png", "rocket.jpg"].map(
    (name) => decodeImage(readWhole(path.join(folder, name), mostPhotographBytes), name).image,
  );
}
