import path from "node:path";
import {
  lensEvent,
  readDirectAttribution,
  runLens,
  tokenize,
  type LensParams,
  type LensPart,
} from "../../protocol/language-model.ts";
import { readToken } from "../../protocol/prompt-text.ts";
import type { Command, Session } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { attributionGrid } from "../language-model/attribution-grid.ts";
import { certificateLines, gridLines, toJson, writeOut } from "../language-model/grid.ts";
import { ended, streamed } from "../language-model/job.ts";
import { bestWords, lensGrid, measures } from "../language-model/lens-grid.ts";
import {
  promptFlags,
  readChoice,
  readEdits,
  readNumber,
  readNumbers,
  readPrompt,
  readTexts,
} from "../language-model/prompt-flags.ts";

/** What each layer would say, and who says it: logit lens and direct logit attribution. */
export const lensCommand: Command = {
  name: "lens",
  summary:
    "Say what each layer of a language model would answer (logit lens), or which parts write the logits (--direct).",
  usage: "<model> <prompt> [flags]",
  positionals: ["model", "prompt"],
  flags: {
    measure: {
      kind: "text",
      value: "<name>",
      description:
        "What the table shows: probability of the best word (default), rank or followed (probability) of the followed word, entropy, or divergence from the end.",
    },
    positions: {
      kind: "text",
      value: "<list>",
      description: "Tokens to look at, e.g. 3,4. Default: all; with --direct the last.",
    },
    follow: {
      kind: "text",
      value: "<word>",
      description:
        "A word whose rank and probability are followed, e.g. ' Paris' or #7042. Default: the model's own best.",
    },
    top: { kind: "text", value: "<n>", description: "Words kept for each cell. Default: 5." },
    direct: { kind: "switch", description: "Direct effects of embeddings, heads and MLPs on the logits instead." },
    targets: {
      kind: "text",
      value: "<words>",
      description:
        "With --direct: words whose logits are explained, with | between them, e.g. ' Paris| London'. Default: the model's two best.",
    },
    ...promptFlags,
  },
  run: (session) => (session.given.on("direct") ? direct(session) : layers(session)),
};

async function layers(session: Session): Promise<ExitCode> {
  const { given, engine, token, say, remark } = session;
  const [model, text] = given.positionals as [string, string];
  const measure = readChoice(given, "measure", measures);
  const follow = given.text("follow");
  const params: Omit<LensParams, "job"> = {
    model: path.resolve(model),
    prompt: readPrompt(given, text),
    top: readNumber(given, "top", 5),
    positions: readNumbers(given, "positions"),
    follow: follow === undefined ? undefined : readToken(follow),
    edits: readEdits(given),
  };
  const parts: LensPart[] = [];
  const outcome = await streamed(session, "Logit lens", runLens, lensEvent, params, (part) => parts.push(part));
  const { tokens } = await engine.request(tokenize, { model: params.model, prompt: params.prompt }, token);
  const lens = { ...outcome.data, parts, shown: tokens.map(({ display }) => display) };
  const grid = lensGrid(lens, measure);
  const best = bestWords(lens);
  const document = { ...outcome, layers: parts };
  if (given.on("json")) say(toJson(document));
  else {
    const lines = gridLines(grid, measure === "rank" ? 0 : 2);
    say(`${measure} by layer and token; at the right the best word at the last of them`);
    lines.forEach((line, i) => say(i === 0 ? line : `${line}  ${best[i - 1]!.at(-1) ?? ""}`));
    for (const line of ["", ...certificateLines(outcome.certificate)]) say(line);
  }
  for (const file of writeOut(given.text("out"), "lens", document, grid)) remark(`Written: ${file}`);
  return ended(
    session,
    outcome.cancelled,
    `${new Set(parts.map(({ layer }) => layer)).size} of ${outcome.data.rows} states were read.`,
  );
}

async function direct({ given, engine, token, say, remark }: Session): Promise<ExitCode> {
  const [model, text] = given.positionals as [string, string];
  const targets = readTexts(given, "targets").map(readToken);
  const result = await engine.request(
    readDirectAttribution,
    {
      model: path.resolve(model),
      prompt: readPrompt(given, text),
      token: readNumbers(given, "positions")?.[0],
      targets: targets.length ? targets : undefined,
      edits: readEdits(given),
    },
    token,
  );
  const { data, words, certificate } = result;
  const grid = attributionGrid(data, words);
  if (given.on("json")) say(toJson(result));
  else
    for (const line of [
      "Logits by what is written directly; their sum and the bias make the logit.",
      ...gridLines(grid, 3),
      "",
      ...certificateLines(certificate),
    ])
      say(line);
  for (const file of writeOut(given.text("out"), "direct-attribution", result, grid)) remark(`Written: ${file}`);
  return exitCodes.done;
}
