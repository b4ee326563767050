import path from "node:path";
import { exists } from "../../files/look.ts";
import type { SeenFiles } from "../../files/seen-files.ts";
import { holdsTensors } from "../../formats/open.ts";
import type { EngineSettings } from "../../protocol/engine.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { ParallelismStore } from "./parallelism-store.ts";
import { openLanguageModel, type OpenLanguageModel } from "./open-language-model.ts";
import { openNetwork, type OpenNetwork } from "./open-network.ts";
import type { Opened } from "./opened.ts";
import { openUnchanged } from "./open-unchanged.ts";

export type OpenModel = OpenNetwork | OpenLanguageModel;

/**
 * Networks stay open for the panels of a window. The weights of more than two language models would not fit into
 * memory.
 */
const maxOpen = { network: 4, "language-model": 2 } as const;

interface Entry extends Opened<OpenModel> {
  readonly file: string;
  /** Every file that opening it read or looked for. */
  readonly seen: SeenFiles;
}

/**
 * All open models. Each is opened once while its files are unchanged. The kind of a model is read from the file's
 * bytes.
 */
export class ModelRegistry {
  readonly #settings: EngineSettings;
  readonly #runtime: Promise<Runtime>;
  readonly #parallelism: ParallelismStore;
  /** Least recently used first. */
  #entries: readonly Entry[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: EngineSettings, runtime: Promise<Runtime>) {
    this.#settings = settings;
    this.#runtime = runtime;
    this.#parallelism = new ParallelismStore(settings.cacheFolder);
  }

  /** Models are opened one after another, so that two callers do not load the same model twice. */
  open(file: string): Promise<OpenModel> {
    const opened = this.#last.then(() => this.#open(file));
    this.#last = opened.catch(() => undefined);
    return opened;
  }

  async network(file: string): Promise<OpenNetwork> {
    const model = await this.open(file);
    if (model.kind === "network") return model;
    throw new GlassboxError("unsupported", `${model.card.name} is a language model, which takes text and no pictures`, {
      where: file,
      hint: "Open it in the Text Workbench, or ask it in the terminal: glassbox generate, attention, lens or patch.",
    });
  }

  async languageModel(file: string): Promise<OpenLanguageModel> {
    const model = await this.open(file);
    if (model.kind === "language-model") return model;
    throw new GlassboxError(
      "unsupported",
      `${model.card.name} is a network of pictures or tensors, which takes no text`,
      { where: file, hint: "Language models are opened from GGUF or safetensors files." },
    );
  }

  async #open(file: string): Promise<OpenModel> {
    const known = this.#entries.find((entry) => entry.file === file);
    if (known && known.seen.changed() === undefined) {
      this.#entries = [...this.#entries.filter((entry) => entry !== known), known];
      return known.model;
    }
    if (known) await this.#close(known);
    const runtime = await this.#runtime;
    const opened = await openUnchanged(async (): Promise<Opened<OpenModel>> => {
      requireFile(file);
      return holdsTensors(file)
        ? openLanguageModel(file, runtime, this.#settings)
        : openNetwork(file, runtime, this.#settings.memoryBudgetBytes, this.#parallelism);
    });
    this.#entries = [...this.#entries, { file, ...opened }];
    for (let beyond = this.#beyond(); beyond !== undefined; beyond = this.#beyond()) await this.#close(beyond);
    return opened.model;
  }

  /**
   * The least recently used model of a kind with too many open models, or with more weights than the budget; never the
   * only one.
   */
  #beyond(): Entry | undefined {
    const { kind } = this.#entries.at(-1)!.model;
    const [oldest, ...others] = this.#entries.filter(({ model }) => model.kind === kind);
    if (oldest === undefined || others.length === 0) return undefined;
    const mapped = this.#entries.reduce(
      (sum, { model }) => sum + (model.kind === "language-model" ? model.model.mostMappedBytes : 0),
      0,
    );
    const tooLarge = kind === "language-model" && mapped > this.#settings.memoryBudgetBytes;
    return others.length >= maxOpen[kind] || tooLarge ? oldest : undefined;
  }

  async #close(entry: Entry): Promise<void> {
    this.#entries = this.#entries.filter((each) => each !== entry);
    await entry.close();
  }
}

function requireFile(file: string): void {
  if (exists(file)) return;
  throw new GlassboxError("file", `${path.basename(file)} cannot be read`, {
    where: file,
    hint: "There is no such file.",
  });
}
