import path from "node:path";
import {
  generateEvent,
  generateText,
  readNextTokens,
  type GeneratedPart,
  type GenerateParams,
} from "../../protocol/language-model.ts";
import { readToken } from "../../protocol/prompt-text.ts";
import type { Command, Session } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { expectedGrid } from "../language-model/expected-grid.ts";
import { expectedLines } from "../language-model/expected-lines.ts";
import { generatedGrid } from "../language-model/generated-grid.ts";
import { certificateLines, toJson, writeOut } from "../language-model/grid.ts";
import { ended, streamed } from "../language-model/job.ts";
import { promptFlags, readEdits, readNumber, readPrompt, readTexts } from "../language-model/prompt-flags.ts";

/** Continues a prompt, or says what is expected after each of its tokens. */
export const generateCommand: Command = {
  name: "generate",
  summary: "Continue a prompt with a language model; with --most 0, say what it expects after every token.",
  usage: "<model> <prompt> [flags]",
  positionals: ["model", "prompt"],
  flags: {
    most: {
      kind: "text",
      value: "<n>",
      description: "Tokens at most. Default: 64. 0 lists the words expected after each token instead.",
    },
    temperature: {
      kind: "text",
      value: "<t>",
      description: "0 is greedy (default); 1 is the model's own distribution.",
    },
    "top-p": {
      kind: "text",
      value: "<p>",
      description: "Sample from the fewest words whose probabilities reach p. Default: 1, all of them.",
    },
    seed: { kind: "text", value: "<n>", description: "Equal seeds give equal text. Default: 0." },
    stop: {
      kind: "text",
      value: "<words>",
      description: "Tokens that end the text, besides the model's own, with | between them.",
    },
    top: { kind: "text", value: "<n>", description: "With --most 0: words listed for each token. Default: 5." },
    ...promptFlags,
  },
  async run(session) {
    const { given, say } = session;
    const most = readNumber(given, "most", 64);
    if (most === 0) return expected(session);
    const [model, text] = given.positionals as [string, string];
    const params: Omit<GenerateParams, "job"> = {
      model: path.resolve(model),
      prompt: readPrompt(given, text),
      most,
      temperature: readNumber(given, "temperature", 0),
      topP: readNumber(given, "top-p", 1),
      seed: readNumber(given, "seed", 0),
      stop: readTexts(given, "stop").map(readToken),
      edits: readEdits(given),
    };
    const json = given.on("json") === true;
    let shown = false;
    // A character may come in parts.
    const decoder = new TextDecoder();
    const live = !json && process.stdout.isTTY;
    const parts: GeneratedPart[] = [];
    const outcome = await streamed(
      session,
      "Generating",
      generateText,
      generateEvent,
      params,
      (part) => {
        parts.push(part);
        if (!live) return;
        shown = true;
        process.stdout.write(decoder.decode(part.bytes, { stream: true }));
      },
      live,
    );
    const document = { ...outcome, tokens: parts };
    if (json) say(toJson(document));
    else say(shown ? "" : outcome.data.text);
    // The text alone goes where it may be piped.
    if (!json) for (const line of certificateLines(outcome.certificate)) session.remark(line);
    for (const file of writeOut(given.text("out"), "generated", document, generatedGrid(parts)))
      session.remark(`Written: ${file}`);
    return ended(session, outcome.cancelled, `${parts.length} of ${most} tokens were made.`);
  },
};

async function expected({ given, engine, token, say, remark }: Session): Promise<ExitCode> {
  const [model, text] = given.positionals as [string, string];
  const result = await engine.request(
    readNextTokens,
    {
      model: path.resolve(model),
      prompt: readPrompt(given, text),
      top: readNumber(given, "top", 5),
      edits: readEdits(given),
    },
    token,
  );
  if (given.on("json")) say(toJson(result));
  else
    for (const line of [...expectedLines(result.data, result.words), "", ...certificateLines(result.certificate)])
      say(line);
  for (const file of writeOut(given.text("out"), "next-tokens", result, expectedGrid(result)))
    remark(`Written: ${file}`);
  return exitCodes.done;
}
