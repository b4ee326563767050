import type { Block, BlockOutcome, Question } from "../../protocol/walkthrough.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { readingsWanted, splitReading } from "../../walkthrough/parse.ts";
import { rightChoice } from "../../walkthrough/score.ts";
import { runBlock } from "../../walkthrough/run-block.ts";
import type { Command, Session } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { engineFlags } from "../flags.ts";
import { ProgressLine } from "../progress-line.ts";
import { findWalkthrough, shippedWalkthroughs, type Found } from "../walkthrough/folders.ts";

/** Paper walkthroughs in the terminal: lists them, runs one, or checks that their claims hold. */
export const walkthroughCommand: Command = {
  name: "walkthrough",
  summary: "List the paper walkthroughs, run one, or check that every number that they claim is reproduced.",
  usage: "list | run <walkthrough> | check [<walkthrough> | --all]",
  positionals: ["word list, run or check"],
  further: ["walkthrough"],
  flags: { all: { kind: "switch", description: "Check every walkthrough that comes with Glassbox." }, ...engineFlags },
  async run(session) {
    const [verb, name] = session.given.positionals;
    switch (verb) {
      case "list":
        return list(session);
      case "run":
        return run(session, findWalkthrough(name ?? missing("run <walkthrough>")), true);
      case "check": {
        const chosen = session.given.on("all") || name === undefined ? shippedWalkthroughs() : [findWalkthrough(name)];
        return check(session, chosen);
      }
      default:
        throw new GlassboxError("option", `there is no command glassbox walkthrough ${verb}`, {
          hint: "Write: glassbox walkthrough list, run <walkthrough>, or check.",
        });
    }
  },
};

const missing = (usage: string): never => {
  throw new GlassboxError("option", "the walkthrough is missing", {
    hint: `Write: glassbox walkthrough ${usage}. \`glassbox walkthrough list\` shows the names.`,
  });
};

function list({ say }: Session): ExitCode {
  for (const { walkthrough } of shippedWalkthroughs()) {
    const { id, title, minutes, paper, summary, steps } = walkthrough;
    say(`${id}`);
    say(`  ${title}: ${summary}`);
    say(
      `  ${paper.authors} ${paper.year}, ${paper.title} (citation ${paper.citationStatus}); ${steps.length} steps, about ${minutes} minutes`,
    );
  }
  return exitCodes.done;
}

async function check(session: Session, chosen: readonly Found[]): Promise<ExitCode> {
  const started = Date.now();
  let claims = 0;
  let worst: ExitCode = exitCodes.done;
  for (const found of chosen) {
    const { walkthrough } = found;
    const code = await run(session, found, false, (outcome) => (claims += outcome.claims.length));
    if (code === exitCodes.cancelled) return code;
    if (code !== exitCodes.done) worst = code;
    session.say(
      `${code === exitCodes.done ? "✓" : "✕"} ${walkthrough.title}: ${code === exitCodes.done ? "every claim was reproduced" : "did not reproduce"}`,
    );
  }
  session.say(`${claims} claims in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
  return worst;
}

/** Runs every block in the order of the steps. With `aloud`, prints each claim, else only those that fail. */
async function run(
  { engine, token, say, remark }: Session,
  { folder, walkthrough }: Found,
  aloud: boolean,
  onOutcome: (outcome: BlockOutcome) => void = () => undefined,
): Promise<ExitCode> {
  const progress = new ProgressLine(process.stderr);
  const readings = new Map<string, number>();
  let failed = 0;
  for (const step of walkthrough.steps) {
    if (aloud) say(`${step.title}`);
    for (const part of step.parts) {
      if (part.kind !== "block") continue;
      const { block } = part;
      progress.wait(`${block.title} …`);
      const outcome = await runBlock(block, engine, {
        job: `walkthrough-${process.pid}-${block.id}`,
        folder,
        changes: {},
        listen: (what, done) => progress.update(`${block.title}, ${what}`, done),
        token,
      });
      progress.clear();
      if (outcome.cancelled) {
        remark("Stopped.");
        return exitCodes.cancelled;
      }
      onOutcome(outcome);
      for (const [path, value] of Object.entries(outcome.readings)) readings.set(`${block.id}/${path}`, value);
      for (const { status, sentence } of outcome.claims) {
        if (status !== "holds") failed++;
        if (aloud || status !== "holds") say(`  ${status === "holds" ? "✓" : "✕ did not reproduce:"} ${sentence}`);
      }
      for (const path of readingsWanted(walkthrough, block.id)) failed += unread(block, path, readings, say);
    }
  }
  for (const question of walkthrough.steps
    .flatMap(({ parts }) => parts)
    .flatMap((part) => (part.kind === "question" ? [part.question] : []))) {
    failed += unanswered(question, readings.get(question.truth), aloud, say);
  }
  return failed === 0 ? exitCodes.done : exitCodes.unmet;
}

/** Every number that a figure or question shows must be read by a claim, else nothing asserts it. */
function unread(
  block: Block,
  path: string,
  readings: ReadonlyMap<string, number>,
  say: (line: string) => void,
): number {
  if (readings.has(`${block.id}/${path}`)) return 0;
  say(
    `  ✕ ${block.id}/${path} is drawn or asked for, but no claim of the block reads it (${block.file}:${block.line})`,
  );
  return 1;
}

function unanswered(
  { id, answer, truth, scale }: Question,
  value: number | undefined,
  aloud: boolean,
  say: (line: string) => void,
): number {
  if (value === undefined) return 0;
  const right =
    answer.kind === "choice"
      ? answer.choices[rightChoice(answer.choices, value)]?.say
      : `${Number((value * scale).toPrecision(3))}${answer.unit && ` ${answer.unit}`}`;
  if (right === undefined || (answer.kind === "slider" && (value * scale < answer.from || value * scale > answer.to))) {
    say(`  ✕ the question ${id} does not offer the answer ${value} (${splitReading(truth).path})`);
    return 1;
  }
  if (aloud) say(`  ${id}: ${right}`);
  return 0;
}
