import path from "node:path";
import {
  attentionEvent,
  glanceAttention,
  readAttentionRows,
  tokenize,
  type AttentionGlance,
} from "../../protocol/language-model.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Command, Session } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { headsGrid, headsOf, weightsGrid } from "../language-model/attention-grids.ts";
import { certificateLines, gridLines, toJson, writeOut } from "../language-model/grid.ts";
import { ended, streamed } from "../language-model/job.ts";
import { promptFlags, readEdits, readPrompt } from "../language-model/prompt-flags.ts";

/** What heads look at: all of them by how they look, or one exactly. */
export const attentionCommand: Command = {
  name: "attention",
  summary: "Say what each head of a language model attends to in a prompt, or give one head's weights exactly.",
  usage: "<model> <prompt> [flags]",
  positionals: ["model", "prompt"],
  flags: {
    head: {
      kind: "text",
      value: "<layer.head>",
      description: "One head exactly, e.g. 5.3. Default: all of them, by how they look.",
    },
    "value-weighted": { kind: "switch", description: "Weights times the norm of the value that they fetch." },
    ...promptFlags,
  },
  run: (session) => (session.given.text("head") === undefined ? allHeads(session) : oneHead(session)),
};

async function allHeads(session: Session): Promise<ExitCode> {
  const { given, say, remark } = session;
  const [model, text] = given.positionals as [string, string];
  const parts: AttentionGlance[] = [];
  const params = {
    model: path.resolve(model),
    prompt: readPrompt(given, text),
    valueWeighted: given.on("value-weighted") === true,
    edits: readEdits(given),
  };
  const outcome = await streamed(session, "Attention", glanceAttention, attentionEvent, params, (part) =>
    parts.push(part),
  );
  const heads = headsOf(parts);
  const grid = headsGrid(parts);
  const document = { ...outcome, heads };
  if (given.on("json")) say(toJson(document));
  else
    for (const line of [
      "Mean weight on the token itself, the one before and the first; entropy from 0 to 1.",
      ...gridLines(grid),
      "",
      ...certificateLines(outcome.certificate),
    ])
      say(line);
  for (const file of writeOut(given.text("out"), "attention", document, grid)) remark(`Written: ${file}`);
  return ended(
    session,
    outcome.cancelled,
    `${heads.length} of ${outcome.data.layers * outcome.data.heads} heads were read.`,
  );
}

async function oneHead({ given, engine, token, say, remark }: Session): Promise<ExitCode> {
  const [layer, head] = (/^(\d+)\.(\d+)$/.exec(given.text("head")!)?.slice(1) ?? []).map(Number);
  if (layer === undefined || head === undefined)
    throw new GlassboxError("option", `--head is ${given.text("head")}`, { hint: "Write layer and head, e.g. 5.3." });
  const [model, text] = given.positionals as [string, string];
  const asked = { model: path.resolve(model), prompt: readPrompt(given, text) };
  const { tokens } = await engine.request(tokenize, asked, token);
  const shown = tokens.map(({ display }) => display);
  const weights = new Float32Array(tokens.length ** 2);
  const rowsFrom = (from: number) =>
    engine.request(
      readAttentionRows,
      { ...asked, layer, head, valueWeighted: given.on("value-weighted") === true, from, edits: readEdits(given) },
      token,
    );
  const first = await rowsFrom(0);
  for (let page = first.data; ;) {
    weights.set(page.weights, page.from * tokens.length);
    const next = page.from + page.weights.length / tokens.length;
    if (next >= tokens.length) break;
    page = (await rowsFrom(next)).data;
  }
  const { certificate, data } = first;
  const grid = weightsGrid({ weights, shown });
  const { columns } = grid;
  const document = { ...first, data: { ...data, weights } };
  const best = data.top.map(({ query, key, weight }) => `${weight.toFixed(3)}  ${columns[query]}  →  ${columns[key]}`);
  if (given.on("json")) say(toJson(document));
  else
    for (const line of [
      ...(tokens.length <= 16 ? gridLines(grid) : []),
      "",
      "Largest weights:",
      ...best,
      "",
      ...certificateLines(certificate),
    ])
      say(line);
  for (const file of writeOut(given.text("out"), `attention-${layer}.${head}`, document, grid))
    remark(`Written: ${file}`);
  return exitCodes.done;
}
