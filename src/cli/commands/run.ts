import path from "node:path";
import { exists } from "../../files/look.ts";
import { readShard } from "../../experiment/shard-name.ts";
import type { PreparedInput } from "../../protocol/engine.ts";
import type { ClaimOutcome, ExperimentEvent, Problem, TaskOutcome } from "../../protocol/experiment.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { checkWords } from "../check-line.ts";
import type { Command, Session } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { finish } from "../experiment/finish.ts";
import { writeInput, writePlan } from "../experiment/plan-file.ts";
import { Store } from "../experiment/store.ts";
import { writeTask } from "../experiment/task-file.ts";
import { engineFlags } from "../flags.ts";
import { ProgressLine } from "../progress-line.ts";

/** Runs an experiment file, or one part of it, and writes the results next to it. */
export const runCommand: Command = {
  name: "run",
  summary:
    "Run an experiment file and write its results: JSON, pictures, a table and a report. An interrupted run continues where it stopped.",
  usage: "<experiment.glassbox.yaml> [flags]",
  positionals: ["experiment"],
  flags: {
    check: {
      kind: "switch",
      description: "Check the experiment's claims. If one does not hold, print both numbers and exit with code 1.",
    },
    shard: {
      kind: "text",
      value: "<i/n>",
      description: "Run only part i of n, counted from 0, e.g. 3/100. `glassbox merge` joins the parts.",
    },
    out: {
      kind: "text",
      value: "<folder>",
      description: "Write the results to this folder. Default: <name>.results, next to the experiment file.",
    },
    model: { kind: "text", value: "<file>", description: "Use this model instead of the one that the file names." },
    json: { kind: "switch", description: "Print one JSON document instead of text." },
    ...engineFlags,
  },
  async run(session) {
    const { given, remark } = session;
    const file = path.resolve(given.positionals[0]!);
    if (!exists(file)) throw new GlassboxError("file", "there is no such experiment file", { where: file });
    const word = given.text("shard");
    const shard = word === undefined ? undefined : readShard(word);
    const check = given.on("check") === true;
    if (shard && check)
      throw new GlassboxError("option", "one part of an experiment cannot check the claims", {
        hint: "Leave out --check. When all parts have run, write: glassbox merge <folder> --check.",
      });
    const store = new Store(given.text("out") ?? defaultFolder(file), given.text("out") ?? path.dirname(file));
    store.removeLeftovers();
    const { outcome, failed } = await runInto(store, file, shard, session);
    if (outcome.problems.length) for (const problem of outcome.problems) remark(problemLine(file, problem));
    if (outcome.tasks === 0) return exitCodes.refused;
    if (outcome.cancelled) {
      remark("Stopped. Run the same command again to continue from here.");
      return exitCodes.cancelled;
    }
    if (shard) {
      session.say(
        given.on("json")
          ? JSON.stringify({ folder: store.folder, ran: outcome.ran, tasks: outcome.tasks, failed })
          : `Part ${word}: ${outcome.ran} of ${outcome.tasks} tasks${failed ? `, ${failed} failed` : ""}, in ${store.folder}`,
      );
      return failed ? exitCodes.refused : exitCodes.done;
    }
    const claims = finish(store);
    return sayClaims(session, store, claims, { check, failed });
  },
};

/** `cat.glassbox.yaml` has its results in `cat.results`. */
export const defaultFolder = (file: string): string => `${file.replace(/(\.glassbox)?\.ya?ml$/i, "")}.results`;

async function runInto(
  store: Store,
  file: string,
  shard: ReturnType<typeof readShard> | undefined,
  { given, engine, token, say, remark }: Session,
) {
  const quiet = given.on("json") === true;
  const progress = new ProgressLine(process.stderr);
  const prepared = new Map<string, PreparedInput>();
  let [mine, done, failed] = [0, 0, 0];
  let planned: Extract<ExperimentEvent, { readonly kind: "planned" }> | undefined;
  // A file that cannot be written stops the run. An exception in a listener would be lost, so it is kept and thrown later.
  let broken: unknown;
  const onEvent = (event: ExperimentEvent): void => {
    switch (event.kind) {
      case "planned": {
        mine = shard
          ? event.tasks.filter(({ index }) => index % shard.count === shard.index).length
          : event.tasks.length;
        planned = event;
        writePlan(store, {
          title: event.title,
          text: event.text,
          model: { ...event.model, path: event.model.name },
          methods: event.methods,
          tasks: event.tasks,
        });
        break;
      }
      case "input":
        prepared.clear();
        prepared.set(event.input, event.prepared);
        writeInput(store, planned!, event.input, event.prepared);
        break;
      case "progress":
        progress.update(`${done + 1} of ${mine}  ${event.task.stem}`, event.progress);
        break;
      case "done": {
        const outcome = event.outcome as TaskOutcome;
        const { task, failure } = outcome;
        const { model, methods } = planned!;
        writeTask(store, outcome, {
          model,
          method: methods.find(({ id }) => id === task.method)!,
          input: prepared.get(task.input) ?? { view: undefined },
        });
        done++;
        if (failure) failed++;
        progress.clear();
        if (failure) remark(`glassbox: ${task.stem}: ${failure.what}`);
        else if (!quiet) say(taskLine(outcome, done, mine));
      }
    }
  };
  try {
    progress.wait("Opening the model …");
    const model = given.text("model");
    const outcome = await engine.experiment(
      { job: "run", file, shard, detail: "exact", ...(model !== undefined && { model: path.resolve(model) }) },
      (event) => {
        try {
          if (broken === undefined) onEvent(event);
        } catch (error) {
          broken = error;
        }
      },
      token,
    );
    if (broken !== undefined) throw broken;
    return { outcome, failed };
  } finally {
    progress.clear();
  }
}

function taskLine({ task, result, headline, cached }: TaskOutcome, done: number, of: number): string {
  const found =
    headline ??
    (result?.certificate ?? [])
      .filter(({ id }) => id !== "target")
      .map(checkWords)
      .join("  ");
  return `${String(done).padStart(String(of).length)}/${of}  ${task.stem}  ${found}${cached ? "  (known)" : ""}`.trimEnd();
}

/** In the format of compilers, so that terminals link to the line. */
export const problemLine = (file: string, { range: { start }, severity, message }: Problem): string =>
  `${path.relative(process.cwd(), file) || file}:${start.line + 1}:${start.character + 1}: ${severity}: ${message}`;

const signs = { holds: "✓", fails: "✕", unknown: "△" } as const;

export function sayClaims(
  { given, say, sayText }: Pick<Session, "given" | "say" | "sayText">,
  store: Store,
  claims: readonly ClaimOutcome[],
  { check, failed }: { readonly check: boolean; readonly failed: number },
): ExitCode {
  const unmet = claims.filter(({ status }) => status !== "holds").length;
  if (given.on("json")) sayText(JSON.stringify({ folder: store.folder, claims, failed }, undefined, 2));
  else {
    if (claims.length) say("");
    for (const { status, sentence } of claims) say(`${signs[status]} ${sentence}`);
    say("");
    say(
      `${claims.length ? `${claims.length - unmet} of ${claims.length} claims hold. ` : ""}Written: ${path.join(store.folder, "report.html")}`,
    );
  }
  if (check && unmet) return exitCodes.unmet;
  return failed ? exitCodes.refused : exitCodes.done;
}
