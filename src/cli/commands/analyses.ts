import path from "node:path";
import { claimFolder } from "../../files/claim-folder.ts";
import { lensLines, lensMeasures } from "../../answers/logit-lens.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { AnswerData } from "../../protocol/answer-data.ts";
import type { AskEvent } from "../../protocol/question.ts";
import { askAnalysis, askFlags } from "../ask/ask.ts";
import { readSubject } from "../ask/subject-flags.ts";
import type { Command } from "../command.ts";
import { readChoice, type Arguments, type FlagTable } from "../flags.ts";
import { refuseStrayOptions } from "../option-flags.ts";
import { severalLines } from "../terminal/terminal-text.ts";

/** A command named after a job. Which analyses it asks is said by the analyses themselves. */
interface Row {
  readonly summary: string;
  readonly takes: "data" | "unit" | "prompt";
  readonly usage: string;
  /** A flag of the subject whose value may follow the model without the flag's name. */
  readonly positional?: "prompt";
  readonly flags?: FlagTable;
  /** Where files go without `--out`, in glassbox-report; none are written if unset. */
  readonly folder?: (given: Arguments, data: AnswerData) => string;
  readonly lines?: (given: Arguments, data: AnswerData) => readonly string[] | undefined;
  readonly live?: (given: Arguments, card: AnalysisCard) => ((event: AskEvent) => void) | undefined;
}

/** By the command's name. */
const rows: Readonly<Record<string, Row>> = {
  generate: {
    summary: "Continue a prompt with a language model; with --expected, say what it expects after every token.",
    takes: "prompt",
    positional: "prompt",
    usage: "<model> <prompt | --ids <ids>> [flags]",
    flags: {
      expected: { kind: "switch", description: "List the tokens expected after each token instead of continuing." },
    },
    live: (given, { gives }) =>
      gives === "generated" && !given.on("json") && process.stdout.isTTY ? typing() : undefined,
    // What was typed is not said again.
    lines: (given, { kind }) => (kind === "generated" && !given.on("json") && process.stdout.isTTY ? [""] : undefined),
  },
  attention: {
    summary: "Say what each head of a language model attends to, or write one head's weights with --head.",
    takes: "prompt",
    positional: "prompt",
    usage: "<model> <prompt | --ids <ids>> [flags]",
  },
  lens: {
    summary:
      "Say what each layer of a language model would answer (logit lens), or which parts write the logits (--direct).",
    takes: "prompt",
    positional: "prompt",
    usage: "<model> <prompt | --ids <ids>> [flags]",
    flags: {
      direct: { kind: "switch", description: "Direct effects of embeddings, heads and MLPs on the logits instead." },
      measure: {
        kind: "text",
        value: `<${lensMeasures.join("|")}>`,
        description:
          "What the table shows: probability of the top token (default), rank or followed (probability) of the followed token, entropy, or divergence from the end.",
      },
    },
    lines: (given, data) =>
      data.kind === "lens" ? lensLines(data, readChoice(given, "measure", lensMeasures)) : undefined,
  },
  patch: {
    summary:
      "Replace one activation of a language model at a time and say what that does to the answer: patching, ablation, and their estimate by the gradient (--estimate).",
    takes: "prompt",
    positional: "prompt",
    usage: "<model> <clean prompt | --ids <ids>> --corrupted <prompt> --answer <token> --wrong <token> [flags]",
    flags: { estimate: { kind: "switch", description: "The gradient's estimate of every cell at once." } },
  },
  probe: {
    summary:
      "Say at which layers a label is linearly decodable, next to the network with random weights, shuffled labels, the raw input and the majority.",
    takes: "data",
    usage: "<model> --data <procedural|folder|table|.npz> [flags]",
    folder: (given, data) => ["probe", ...(data.kind === "probes" ? [data.label] : []), stemOf(given)].join("-"),
  },
  dissect: {
    summary:
      "Say which concept each unit of a layer detects, next to chance, random weights and a rotated basis, and what the classes lose without it.",
    takes: "data",
    usage: "<model> --data <concepts|folder> [flags]",
    folder: (given, data) =>
      ["dissect", ...(data.kind === "dissection" ? [data.site.replaceAll(/[^\w.-]+/g, "-")] : []), stemOf(given)].join(
        "-",
      ),
  },
  visualize: {
    summary: "Optimize the picture that drives a unit most, and say whether to believe it.",
    takes: "unit",
    usage: "<model> --unit <site>:<channel> [flags]",
    folder: (given) => `units-${stemOf(given)}`,
  },
};

const stemOf = ({ positionals: [model] }: Arguments): string => path.parse(model!).name;

/** Writes the text of each token as it comes; a character may come in parts. It is a model's text, so a terminal obeys none of it. */
function typing(): (event: AskEvent) => void {
  const decoder = new TextDecoder();
  return ({ part }) => {
    if (part !== undefined && "bytes" in part)
      process.stdout.write(severalLines(decoder.decode(part.bytes, { stream: true })));
  };
}

/** The one whose flag is given, else the one without. */
const chosen = (cards: readonly AnalysisCard[], given: Arguments): AnalysisCard =>
  cards.find(({ command }) => command?.when !== undefined && given.names.has(command.when)) ??
  cards.find(({ command }) => command?.when === undefined)!;

const commandOf = (name: string, { summary, takes, usage, positional, flags, folder, lines, live }: Row): Command => ({
  name,
  summary,
  usage,
  positionals: ["model"],
  further: positional === undefined ? [] : [positional],
  flags: { ...askFlags(takes), ...flags },
  analyses: (cards) => cards.filter(({ command }) => command?.name === name),
  async run(session) {
    const { given, analyses } = session;
    const own = (await analyses()).filter(({ command }) => command?.name === name);
    const card = chosen(own, given);
    refuseStrayOptions(own, [card], { ...askFlags(takes), ...flags }, given);
    const subject = readSubject(takes, positional === undefined ? given : withPositional(given, positional));
    const model = path.resolve(given.positionals[0]!);
    return askAnalysis(session, card, {
      subject,
      folder: folder && ((data) => claimFolder("glassbox-report", folder(given, data), [card.id, model, subject], ".")),
      lines: (data) => lines?.(given, data),
      live: live?.(given, card),
    });
  },
});

/** `generate model 'text'` is `generate model --prompt 'text'`. */
const withPositional = (given: Arguments, flag: string): Arguments => ({
  ...given,
  text: (name) => (name === flag ? (given.positionals[1] ?? given.text(name)) : given.text(name)),
});

export const analysisCommands: readonly Command[] = Object.entries(rows).map(([name, row]) => commandOf(name, row));
