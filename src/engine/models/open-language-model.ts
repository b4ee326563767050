import path from "node:path";
import { exists, sizeOnDisk } from "../../files/look.ts";
import { dimensionsOf } from "../../architectures/decoder.ts";
import { openDecoder, type OpenedDecoder } from "../../architectures/open.ts";
import { tokenizerFromGguf } from "../../data/text/gguf-tokenizer.ts";
import { endsOfConfig, endsOfMetadata } from "../../data/text/end-tokens.ts";
import { loadTokenizerJson, readJsonBeside } from "../../data/text/tokenizer-json.ts";
import type { Tokenizer } from "../../data/text/tokenizer.ts";
import { tensorFilesOf } from "../../formats/open.ts";
import { LanguageModel } from "../../methods/language-model/language-model.ts";
import type { LanguageCard, TokenizerCard } from "../../protocol/language-model.ts";
import type { EngineSettings } from "../../protocol/engine.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { hashBytes, hashFile } from "../file-hash.ts";
import type { Opened } from "./opened.ts";
import { RecentTraces } from "./recent-traces.ts";
import { siteCards } from "./site-cards.ts";
import { storageFor, storageSentence } from "./weight-choice.ts";

export interface OpenLanguageModel {
  readonly kind: "language-model";
  readonly card: LanguageCard;
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer | undefined;
  /** The ids of the tokens that end a text. */
  readonly ends: readonly number[];
  readonly traces: RecentTraces;
}

type Settings = Pick<EngineSettings, "weights" | "memoryBudgetBytes">;

interface ModelFiles {
  /** The given file, or an index with all its shards. */
  readonly weights: readonly string[];
  /** The weights' files and the configuration files next to them. */
  readonly all: readonly string[];
}

function filesOf(file: string): ModelFiles {
  const { files: weights, describedNextToThem } = tensorFilesOf(file);
  const described = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"]
    .map((name) => path.join(path.dirname(weights[0]!), name))
    .filter(exists);
  return { weights, all: describedNextToThem ? [...weights, ...described] : weights };
}

/** Opens a checkpoint: one file, an index with its shards, or a folder. */
export function openLanguageModel(file: string, runtime: Runtime, settings: Settings): Opened<OpenLanguageModel> {
  const { weights, all: files } = filesOf(file);
  const sha256 = files.length === 1 ? hashFile(files[0]!) : hashBytes(files.map(hashFile).join());
  const decoder = openDecoder(file, sha256, {
    storageFor: (parameters) => storageFor(settings, parameters),
    mostTensorBytes: settings.memoryBudgetBytes,
  });
  try {
    const notes = [
      ...(runtime.notes ?? []),
      ...decoder.notes,
      storageSentence(settings, decoder.parameters, decoder.storage),
    ];
    if (weights.slice(1).some((shard) => path.basename(shard) === path.basename(file)))
      notes.push(`${path.basename(file)} is one of ${weights.length - 1} parts; the whole checkpoint was opened.`);
    const tokenizer = tokenizerOf(decoder, notes);
    const model = new LanguageModel(decoder.decoder, runtime, settings.memoryBudgetBytes);
    const bytes = files.reduce((sum, each) => sum + sizeOnDisk(each), 0);
    const opened: OpenLanguageModel = {
      kind: "language-model",
      card: cardOf(file, sha256, bytes, decoder, model, tokenizer, notes),
      model,
      tokenizer,
      ends: endsOf(decoder, tokenizer),
      traces: new RecentTraces(model, settings.memoryBudgetBytes),
    };
    const close = async (): Promise<void> => {
      await model.release();
      decoder.close();
    };
    return { model: opened, close };
  } catch (error) {
    decoder.close();
    throw error;
  }
}

/** A model without a tokenizer can still be run on ids. */
function tokenizerOf({ metadata, folder }: OpenedDecoder, notes: string[]): Tokenizer | undefined {
  try {
    if (metadata?.string("tokenizer.ggml.model") !== undefined) return tokenizerFromGguf(metadata);
    if (exists(path.join(folder, "tokenizer.json"))) return loadTokenizerJson(folder);
    notes.push("There is no tokenizer.json next to the weights, so prompts are token ids.");
  } catch (error) {
    if (!(error instanceof GlassboxError)) throw error;
    notes.push(`The tokenizer cannot be used: ${error.what}. Prompts are token ids.`);
  }
  return undefined;
}

/** The tokens that end a text, as any file of the checkpoint says, if the vocabulary has them. */
function endsOf({ metadata, folder, decoder }: OpenedDecoder, tokenizer: Tokenizer | undefined): readonly number[] {
  const said = metadata
    ? endsOfMetadata(metadata, tokenizer !== undefined)
    : ["config.json", "generation_config.json"].flatMap((name) => endsOfConfig(readJsonBeside(folder, name)));
  return [...new Set([...(tokenizer?.eos ? [tokenizer.eos.id] : []), ...said])].filter(
    (id) => id >= 0 && id < decoder.vocabulary,
  );
}

function cardOf(
  file: string,
  sha256: string,
  bytes: number,
  { decoder, format, parameters, storage }: OpenedDecoder,
  model: LanguageModel,
  tokenizer: Tokenizer | undefined,
  notes: readonly string[],
): LanguageCard {
  return {
    kind: "language-model",
    path: file,
    name: path.basename(file),
    sha256,
    bytes,
    format,
    family: decoder.family,
    ...dimensionsOf(decoder),
    parameters,
    weights: storage,
    tokenizer: tokenizer && tokenizerCard(tokenizer),
    sites: siteCards(model.graph(8)),
    notes: [...notes, ...(tokenizer?.notes ?? [])],
  };
}

const tokenizerCard = ({ vocabularySize, bosPolicy, eos, eosByDefault, notes }: Tokenizer): TokenizerCard => ({
  vocabulary: vocabularySize,
  bos: bosPolicy.token,
  bosByDefault: bosPolicy.byDefault,
  bosReason: bosPolicy.reason,
  eos,
  eosByDefault,
  notes,
});
