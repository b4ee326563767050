import path from "node:path";
import { attributionSites, directLogitAttribution } from "../../methods/language-model/attribution.ts";
import { generate, type GeneratedToken } from "../../methods/language-model/generate.ts";
import { generationChecks } from "../../methods/language-model/generation-checks.ts";
import { nextTokens } from "../../methods/language-model/next-tokens.ts";
import { lensSites, logitLens } from "../../methods/language-model/lens.ts";
import { checkedSites, finalSite, runChecks } from "../../methods/language-model/components.ts";
import { rowOf, topIds } from "../../methods/language-model/logits.ts";
import type { EngineSettings } from "../../protocol/engine.ts";
import type {
  AttentionGlance,
  AttentionParams,
  AttentionRows,
  AttentionRowsParams,
  AttentionSummary,
  DirectAttribution,
  DirectAttributionParams,
  EditSpec,
  Generated,
  GeneratedPart,
  GenerateParams,
  LanguageCard,
  LanguageOutcome,
  LanguageResult,
  Lens,
  LensParams,
  LensPart,
  NextTokens,
  NextTokensParams,
  Patched,
  PatchParams,
  PatchPart,
  PromptParams,
  Tokenized,
} from "../../protocol/language-model.ts";
import type { ModelParams } from "../../protocol/engine.ts";
import type { OptionValue, Provenance } from "../../protocol/result.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { hashBytes } from "../models/file-hash.ts";
import { ResultCache } from "../result-cache.ts";
import { version } from "../version.ts";
import { attentionRows, glance } from "./attention-views.ts";
import { attributionCode, generateCode, lensCode, nextCode, attentionCode, type CodeOf } from "./code.ts";
import { resolveEdits } from "./edit-specs.ts";
import { OpenLanguageModels, type OpenLanguageModel } from "../models/open-language-model.ts";
import { runPatching } from "./patching-job.ts";
import type { Emit, Ending, Step } from "./stream.ts";
import { storageFor } from "../models/weight-choice.ts";
import { bytesOf, idsOf, promptName, tokenizePrompt, wordId, wordsOf } from "./prompts.ts";

type Cancelled = () => boolean;

/** The terminal's, unless it is told otherwise. */
const usualBudget = 2 * 2 ** 30;

interface Remembered {
  readonly provenance: Provenance;
  readonly steps: readonly Step<unknown>[];
  readonly ending: Ending<unknown>;
}

/** Everything that the engine can be asked about language models. */
export class LanguageService {
  readonly #models: OpenLanguageModels;
  readonly #runtime: Promise<Runtime>;
  readonly #results: ResultCache<Remembered>;

  constructor(settings: EngineSettings, runtime: Promise<Runtime>) {
    this.#runtime = runtime;
    this.#models = new OpenLanguageModels(settings, runtime);
    this.#results = new ResultCache(path.join(settings.cacheFolder, "language"));
  }

  async open({ model }: ModelParams): Promise<LanguageCard> {
    return (await this.#models.open(model)).card;
  }

  async tokenize({ model, prompt }: PromptParams): Promise<Tokenized> {
    return tokenizePrompt(await this.#models.open(model), prompt);
  }

  async nextTokens(params: NextTokensParams): Promise<LanguageResult<NextTokens>> {
    const { open, ids, provenance } = await this.#asked("next-tokens", params, { top: params.top });
    checkCount("top", params.top, 1, 1000);
    return this.#once(
      open,
      provenance,
      nextCode(params, (prompt) => idsOf(open, prompt)),
      async () => {
        const { data, certificate } = await nextTokens(
          open.model,
          ids,
          params.top,
          await resolveEdits(open, params.edits, ids.length),
        );
        return { data, certificate, words: wordsOf(open, ids, data.ids) };
      },
    );
  }

  async generate(
    params: GenerateParams,
    emit: Emit<GeneratedPart>,
    cancelled: Cancelled,
  ): Promise<LanguageOutcome<Generated>> {
    checkCount("most", params.most, 1, 100_000);
    if (!(params.temperature >= 0 && params.temperature <= 100))
      throw new GlassboxError("option", `temperature is ${params.temperature}`, {
        hint: "It must be a number from 0 to 100.",
      });
    if (!(params.topP > 0 && params.topP <= 1))
      throw new GlassboxError("option", `top-p is ${params.topP}`, { hint: "It must be above 0 and at most 1." });
    const { most, temperature, topP, seed } = params;
    const { open, ids, provenance } = await this.#asked("generate", params, {
      most,
      temperature,
      topP,
      seed,
      stop: JSON.stringify(params.stop ?? []),
    });
    const stop = [
      ...(params.stop ?? []).map((word) => wordId(open, word)),
      ...(open.tokenizer?.eos ? [open.tokenizer.eos.id] : []),
    ];
    return this.#stream(
      open,
      params.job,
      provenance,
      generateCode(params, stop, (prompt) => idsOf(open, prompt)),
      emit,
      cancelled,
      async function* () {
        const edits = await resolveEdits(open, params.edits, ids.length);
        const made: GeneratedToken[] = [];
        const text = (id: number): string => open.tokenizer?.tokenText(id) ?? `#${id}`;
        for await (const token of generate(open.model, ids, {
          most,
          temperature,
          topP,
          seed,
          stop,
          edits,
          cancelled,
        })) {
          made.push(token);
          const { id, probability, top } = token;
          yield {
            progress: { done: made.length, total: most, note: `${made.length} tokens` },
            part: {
              id,
              text: text(id),
              bytes: bytesOf(open.tokenizer, id),
              probability,
              top: top.map((each) => ({ ...each, text: text(each.id) })),
            },
          };
        }
        const certificate = cancelled() ? [] : await generationChecks(open.model, ids, made, edits);
        const madeIds = made.map(({ id }) => id);
        return {
          data: {
            kind: "generated",
            ids: Int32Array.from(madeIds),
            text: open.tokenizer?.decode(madeIds) ?? madeIds.join(" "),
          },
          certificate,
          words: wordsOf(open, madeIds),
        };
      },
    );
  }

  async attention(
    params: AttentionParams,
    emit: Emit<AttentionGlance>,
    cancelled: Cancelled,
  ): Promise<LanguageOutcome<AttentionSummary>> {
    const { open, ids, provenance } = await this.#asked("attention", params, { valueWeighted: params.valueWeighted });
    return this.#stream(
      open,
      params.job,
      provenance,
      attentionCode(params, (prompt) => idsOf(open, prompt)),
      emit,
      cancelled,
      async function* () {
        return yield* glance(
          open,
          ids,
          await resolveEdits(open, params.edits, ids.length),
          params.valueWeighted,
          cancelled,
        );
      },
    );
  }

  async attentionRows(params: AttentionRowsParams): Promise<LanguageResult<AttentionRows>> {
    const { layer, head, valueWeighted, from } = params;
    const { open, ids, provenance } = await this.#asked("attention-rows", params, { layer, head, valueWeighted, from });
    checkCount("layer", layer, 0, open.card.layers - 1);
    checkCount("head", head, 0, open.card.heads - 1);
    checkCount("from", from, 0, ids.length - 1);
    const { data, certificate } = await attentionRows(
      open,
      ids,
      await resolveEdits(open, params.edits, ids.length),
      params,
    );
    return {
      data,
      certificate,
      words: wordsOf(open, ids),
      provenance,
      code: this.#complete(
        attentionCode(params, (prompt) => idsOf(open, prompt), { layer, head }),
        provenance,
        open,
      ),
      cached: false,
    };
  }

  async lens(params: LensParams, emit: Emit<LensPart>, cancelled: Cancelled): Promise<LanguageOutcome<Lens>> {
    const { open, ids, provenance } = await this.#asked("logit-lens", params, {
      top: params.top,
      positions: JSON.stringify(params.positions ?? "all"),
      follow: params.follow ?? "best",
    });
    checkCount("top", params.top, 1, 100);
    const positions = params.positions ?? Array.from(ids.keys());
    for (const position of positions) checkCount("position", position, 0, ids.length - 1);
    return this.#stream(
      open,
      params.job,
      provenance,
      lensCode(params, (prompt) => idsOf(open, prompt)),
      emit,
      cancelled,
      async function* () {
        const { model } = open;
        const edits = await resolveEdits(open, params.edits, ids.length);
        const trace = await open.traces.get(ids, [...new Set([...lensSites(model), ...checkedSites(model)])], edits);
        const follow =
          params.follow === undefined
            ? await bestWords(open, trace.get(finalSite(model)), positions)
            : positions.map(() => wordId(open, params.follow!));
        const rows = model.decoder.layers + 1;
        let done = 0;
        for await (const part of logitLens(model, trace, { positions, top: params.top, follow, cancelled })) {
          done += part.followed.length;
          yield {
            progress: { done, total: rows * positions.length, note: `layer ${part.layer} of ${rows - 1}` },
            part: { ...part, words: wordsOf(open, part.ids) },
          };
        }
        return {
          data: {
            kind: "logit-lens",
            tokens: Int32Array.from(ids),
            positions: Int32Array.from(positions),
            rows,
            top: params.top,
            follow: Int32Array.from(follow),
          },
          certificate: runChecks(model, trace, edits),
          words: wordsOf(open, ids, follow),
        };
      },
    );
  }

  async directAttribution(params: DirectAttributionParams): Promise<LanguageResult<DirectAttribution>> {
    const { open, ids, provenance } = await this.#asked("direct-logit-attribution", params, {
      token: params.token ?? "last",
      targets: JSON.stringify(params.targets ?? "best two"),
    });
    const token = params.token ?? ids.length - 1;
    checkCount("token", token, 0, ids.length - 1);
    const edits = await resolveEdits(open, params.edits, ids.length);
    const trace = await open.traces.get(ids, attributionSites(open.model), edits);
    const targets =
      params.targets?.map((word) => wordId(open, word)) ??
      (await bestWords(open, trace.get(finalSite(open.model)), [token], 2));
    return this.#once(
      open,
      provenance,
      attributionCode(params, token, targets, (prompt) => idsOf(open, prompt)),
      async () => {
        const { data, certificate } = await directLogitAttribution(open.model, trace, token, targets, edits);
        return { data, certificate, words: wordsOf(open, ids, targets) };
      },
    );
  }

  async patch(params: PatchParams, emit: Emit<PatchPart>, cancelled: Cancelled): Promise<LanguageOutcome<Patched>> {
    const { component, direction, replacement, method } = params;
    const open = await this.#models.open(params.model);
    const [clean, corrupted] = [idsOf(open, params.clean), idsOf(open, params.corrupted)];
    const provenance = await this.#provenance(
      open,
      "activation-patching",
      `${promptName(params.clean)} | ${promptName(params.corrupted)}`,
      [...clean, -1, ...corrupted],
      {
        component,
        direction,
        replacement,
        method,
        metric: JSON.stringify(params.metric),
        read: params.read ?? "last",
        layers: JSON.stringify(params.layers ?? "all"),
        means: JSON.stringify(params.means?.map((prompt) => idsOf(open, prompt)) ?? []),
      },
    );
    const job = runPatching(open, params, clean, corrupted, cancelled);
    return this.#stream(open, params.job, provenance, job.code, emit, cancelled, job.run);
  }

  /** The command with what else the numbers depend on, where that is not the terminal's own choice. */
  #complete({ cli, ...code }: CodeOf, { options, runtime }: Provenance, { card }: OpenLanguageModel): CodeOf {
    const usual = storageFor({ weights: "auto", memoryBudgetBytes: usualBudget }, card.parameters);
    const flags = [
      ...(options["weights"] === usual ? [] : [`--weights ${options["weights"]}`]),
      ...(runtime.name === "onnxruntime" ? [] : [`--runtime ${runtime.name}`]),
    ];
    return { ...code, cli: [cli, ...flags].join(" ") };
  }

  async #asked(
    method: string,
    params: PromptParams & { readonly edits?: readonly EditSpec[] | undefined },
    options: Readonly<Record<string, OptionValue>>,
  ): Promise<{ open: OpenLanguageModel; ids: readonly number[]; provenance: Provenance }> {
    const open = await this.#models.open(params.model);
    const ids = idsOf(open, params.prompt);
    open.model.checkPrompt(ids);
    const provenance = await this.#provenance(open, method, promptName(params.prompt), ids, {
      ...options,
      ...(params.edits?.length ? { edits: JSON.stringify(params.edits) } : {}),
    });
    return { open, ids, provenance };
  }

  async #provenance(
    { card }: OpenLanguageModel,
    method: string,
    prompt: string,
    ids: readonly number[],
    options: Readonly<Record<string, OptionValue>>,
  ): Promise<Provenance> {
    const { name, version: runtimeVersion } = await this.#runtime;
    return {
      glassbox: version,
      model: { file: card.name, sha256: card.sha256 },
      input: { name: prompt, sha256: hashBytes(ids.join()) },
      preprocessing: `token ids ${ids.join(" ")}`,
      method,
      target: undefined,
      options: { ...options, weights: card.weights },
      runtime: { name, version: runtimeVersion },
    };
  }

  /** One answer, remembered. */
  async #once<Data>(
    open: OpenLanguageModel,
    provenance: Provenance,
    made: CodeOf,
    compute: () => Promise<Ending<Data>>,
  ): Promise<LanguageResult<Data>> {
    const code = this.#complete(made, provenance, open);
    const known = this.#results.get(provenance);
    const ending = (known?.ending as Ending<Data> | undefined) ?? (await compute());
    if (known === undefined) this.#results.put({ provenance, steps: [], ending });
    return { ...ending, provenance, code, cached: known !== undefined };
  }

  /** A stream, remembered with all its steps if it came to its end. */
  async #stream<Part, Data>(
    open: OpenLanguageModel,
    job: string,
    provenance: Provenance,
    made: CodeOf,
    emit: Emit<Part>,
    cancelled: Cancelled,
    run: () => AsyncGenerator<Step<Part>, Ending<Data>>,
  ): Promise<LanguageOutcome<Data>> {
    const code = this.#complete(made, provenance, open);
    const known = this.#results.get(provenance);
    if (known) {
      for (const step of known.steps as readonly Step<Part>[]) emit({ job, ...step });
      return { ...(known.ending as Ending<Data>), provenance, code, cached: true, cancelled: false };
    }
    const steps: Step<Part>[] = [];
    const running = run();
    for (;;) {
      const next = await running.next();
      if (next.done) {
        if (!cancelled()) this.#results.put({ provenance, steps, ending: next.value });
        return { ...next.value, provenance, code, cached: false, cancelled: cancelled() };
      }
      steps.push(next.value);
      emit({ job, ...next.value });
    }
  }
}

/** The model's own best words at some tokens. */
async function bestWords(
  { model }: OpenLanguageModel,
  final: { readonly data: ArrayLike<unknown>; readonly shape: readonly number[] },
  positions: readonly number[],
  count = 1,
): Promise<number[]> {
  const { width } = model.decoder;
  const best: number[] = [];
  for (const position of positions) {
    const state = (final.data as Float32Array).slice(position * width, (position + 1) * width);
    for await (const { logits } of model.unembed({ dtype: model.dtype, shape: [1, width], data: state as never }))
      best.push(...topIds(rowOf(logits as never, 0), count));
  }
  return best;
}

function checkCount(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new GlassboxError("option", `${name} is ${value}`, {
    hint: `It must be a whole number from ${least} to ${most}.`,
  });
}
