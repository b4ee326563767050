/**
 * The terminal's entry: finds the command, parses by its table, and turns every failure into a sentence and an exit
 * code.
 */
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { EngineClient } from "../client/engine-client.ts";
import { engineSettings } from "../client/engine-settings.ts";
import type { AnalysisCard } from "../protocol/analysis-card.ts";
import { GlassboxError } from "../tensor/errors.ts";
import type { Command } from "./command.ts";
import { analysisCommands } from "./commands/analyses.ts";
import { askCommand } from "./commands/ask.ts";
import { explain } from "./commands/explain.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { listCommand } from "./commands/list-analyses.ts";
import { mergeCommand } from "./commands/merge.ts";
import { picturesCommand } from "./commands/pictures.ts";
import { runCommand } from "./commands/run.ts";
import { sitesCommand } from "./commands/sites.ts";
import { walkthroughCommand } from "./commands/walkthrough.ts";
import { exitCodes, explainFailure, type ExitCode } from "./exit-code.ts";
import { commonFlags, parseFlags, type Arguments } from "./flags.ts";
import { commandHelp, overview } from "./help.ts";
import { nearest } from "../tensor/nearest.ts";
import { optionFlags, refuseStrayOptions } from "./option-flags.ts";
import { oneLine, severalLines } from "./terminal/terminal-text.ts";

const commands: readonly Command[] = [
  explain,
  ...analysisCommands,
  askCommand,
  picturesCommand,
  runCommand,
  mergeCommand,
  inspectCommand,
  sitesCommand,
  listCommand,
  walkthroughCommand,
];

const say = (line: string): void => void process.stdout.write(`${oneLine(line)}\n`);
const remark = (line: string): void => void process.stderr.write(`${oneLine(line)}\n`);
const sayText = (text: string): void =>
  void process.stdout.write(`${process.stdout.isTTY ? severalLines(text) : text}\n`);

async function main([word, ...args]: readonly string[]): Promise<ExitCode> {
  if (word === undefined || word === "help" || word === "--help" || word === "-h") {
    sayText(overview(commands));
    return exitCodes.done;
  }
  const command = commands.find(({ name }) => name === word);
  if (command === undefined) {
    const near = nearest(
      word,
      commands.map(({ name }) => name),
    );
    throw new GlassboxError("option", `there is no command ${word}`, {
      hint: near ? `Did you mean ${near}?` : `The commands are: ${commands.map(({ name }) => name).join(", ")}.`,
    });
  }
  const first = parseFlags(args, { ...command.flags, ...commonFlags }, { loose: true });
  const settings = engineSettings({
    memory: first.text("memory"),
    runtime: first.text("runtime"),
    provider: first.text("provider"),
    weights: first.text("weights"),
  });
  const engine = new EngineClient(() => settings);
  const cancellation = cancelOnInterrupt();
  try {
    let cards: Promise<readonly AnalysisCard[]> | undefined;
    const analyses = (): Promise<readonly AnalysisCard[]> => (cards ??= engine.analyses());
    const all = command.analyses ? await analyses() : [];
    const own = command.analyses?.(all, first) ?? [];
    if (first.on("help")) {
      sayText(commandHelp(command, own));
      return exitCodes.done;
    }
    // Every option is known, so that one of another analysis is refused by name.
    const given = parseFlags(args, { ...optionFlags(all), ...command.flags, ...optionFlags(own), ...commonFlags });
    checkPositionals(command, given);
    refuseStrayOptions(all, own, command.flags, given);
    return await command.run({ given, engine, analyses, token: cancellation.token, say, sayText, remark });
  } finally {
    engine.stop();
  }
}

/** The first Ctrl+C stops between micro-batches and keeps what is there; the second ends at once. */
function cancelOnInterrupt(): CancellationTokenSource {
  const source = new CancellationTokenSource();
  process.on("SIGINT", () => {
    if (source.token.isCancellationRequested) process.exit(exitCodes.cancelled);
    source.cancel();
  });
  return source;
}

function checkPositionals(
  { name, usage, positionals, further = [] }: Command,
  { positionals: given }: Arguments,
): void {
  const hint = `Write: glassbox ${name} ${usage}`;
  const missing = positionals[given.length];
  if (missing !== undefined) throw new GlassboxError("option", `the ${missing} is missing`, { hint });
  if (given.length > positionals.length + further.length)
    throw new GlassboxError("option", `${given[positionals.length + further.length]} is one word too many`, { hint });
}

// A closed pipe, e.g. of `head`, is not a failure, and the files must still be written.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.exit(exitCodes.broken);
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const { sentence, exitCode } = explainFailure(error);
    remark(`glassbox: ${sentence}`);
    process.exitCode = exitCode;
  },
);
