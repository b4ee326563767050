import path from "node:path";
import { patchEvent, runPatch, tokenize, type MetricSpec, type PatchParams } from "../../protocol/language-model.ts";
import type { Command } from "../command.ts";
import type { Arguments } from "../flags.ts";
import { certificateLines, gridLines, toJson, writeOut } from "../language-model/grid.ts";
import { ended, streamed } from "../language-model/job.ts";
import { patchGrid } from "../language-model/patch-grid.ts";
import {
  neededWord,
  promptFlags,
  readChoice,
  readNumber,
  readNumbers,
  readPrompt,
  readTexts,
} from "../language-model/prompt-flags.ts";

const { edits: _edits, ...flags } = promptFlags;

/** Which state at which token carries the answer. */
export const patchCommand: Command = {
  name: "patch",
  summary:
    "Replace one activation of a language model at a time and say what that does to the answer: patching, ablation, and its gradient's estimate.",
  usage: "<model> <clean prompt> --corrupted <prompt> --answer <word> --wrong <word> [flags]",
  positionals: ["model", "clean prompt"],
  flags: {
    corrupted: {
      kind: "text",
      value: "<prompt>",
      description: "As many tokens long as the clean one. Default: the clean one, for ablation.",
    },
    answer: { kind: "text", value: "<word>", description: "The token that is right, e.g. ' Mary' or #4873." },
    wrong: { kind: "text", value: "<word>", description: "The token that it is compared with." },
    metric: {
      kind: "text",
      value: "<name>",
      description: "logit-difference (default), probability, log-probability, or divergence (KL from the clean run).",
    },
    component: {
      kind: "text",
      value: "<name>",
      description: "resid_pre (default), resid_mid, attn_out, mlp_out by layer and token; head by layer and head.",
    },
    direction: {
      kind: "text",
      value: "<name>",
      description: "denoise (default) puts clean activations into the corrupted run; noise the other way round.",
    },
    replacement: {
      kind: "text",
      value: "<name>",
      description: "run (default): the other run's value; zero; mean over the prompts of --means.",
    },
    means: {
      kind: "text",
      value: "<prompts>",
      description: "Prompts over whose tokens the mean is taken, with | between them. Default: the clean one.",
    },
    method: {
      kind: "text",
      value: "<name>",
      description: "exact (default), or attribution: the gradient's estimate of every cell at once.",
    },
    read: { kind: "text", value: "<n>", description: "The token whose logits are read. Default: the last." },
    layers: { kind: "text", value: "<list>", description: "Only these layers." },
    ...flags,
  },
  async run(session) {
    const { given, engine, token, say, remark } = session;
    const [model, clean] = given.positionals as [string, string];
    const read = readNumber(given, "read", -1);
    const params: Omit<PatchParams, "job"> = {
      model: path.resolve(model),
      clean: readPrompt(given, clean),
      corrupted: readPrompt(given, given.text("corrupted") ?? clean),
      component: readChoice(given, "component", ["resid_pre", "resid_mid", "attn_out", "mlp_out", "head"]),
      direction: readChoice(given, "direction", ["denoise", "noise"]),
      replacement: readChoice(given, "replacement", ["run", "zero", "mean"]),
      method: readChoice(given, "method", ["exact", "attribution"]),
      metric: readMetric(given),
      read: read < 0 ? undefined : read,
      layers: readNumbers(given, "layers"),
      means: readTexts(given, "means").map((text) => readPrompt(given, text)),
    };
    const outcome = await streamed(session, "Patching", runPatch, patchEvent, params, () => undefined);
    const { tokens } = await engine.request(tokenize, { model: params.model, prompt: params.clean }, token);
    const { data, certificate } = outcome;
    const grid = patchGrid({ ...data, shown: tokens.map(({ display }) => display) });
    if (given.on("json")) say(toJson(outcome));
    else
      for (const line of [
        `${data.metric.kind}: clean ${data.clean.toFixed(3)}, corrupted ${data.corrupted.toFixed(3)}; below, with each ${params.component} replaced`,
        ...gridLines(grid),
        "",
        ...certificateLines(certificate),
      ])
        say(line);
    for (const file of writeOut(given.text("out"), `patch-${params.component}`, outcome, grid))
      remark(`Written: ${file}`);
    return ended(
      session,
      outcome.cancelled,
      `${data.cells.filter(Number.isFinite).length} of ${data.cells.length} cells are known.`,
    );
  },
};

function readMetric(given: Arguments): MetricSpec {
  const kind = readChoice(given, "metric", ["logit-difference", "probability", "log-probability", "divergence"]);
  if (kind === "divergence") return { kind };
  if (kind === "logit-difference")
    return { kind, answer: neededWord(given, "answer"), wrong: neededWord(given, "wrong") };
  return { kind, answer: neededWord(given, "answer") };
}
