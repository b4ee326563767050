import { conclude } from "../../experiment/conclude.ts";
import { parseExperiment } from "../../experiment/parse.ts";
import type { ClaimOutcome } from "../../protocol/experiment.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { asWritten } from "./as-written.ts";
import { experimentReport } from "./experiment-report.ts";
import { readPlan } from "./plan-file.ts";
import { answerKind } from "../../answers/table.ts";
import { resultsCsv, rowsOf } from "./results-csv.ts";
import type { Store } from "./store.ts";
import { readTask, taskFile, type KeptTask } from "./task-file.ts";

/**
 * Merges the tasks in the folder into results.json, results.csv and report.html. A run ends with it, and so does
 * `merge`, so parts give the bytes of the whole by construction.
 */
export function finish(store: Store): readonly ClaimOutcome[] {
  const plan = readPlan(store);
  const missing = plan.tasks.filter((task) => !store.has(taskFile(task)));
  if (missing.length) {
    throw new GlassboxError(
      "input",
      `${missing.length} of ${plan.tasks.length} tasks have not been run: ${missing
        .slice(0, 3)
        .map(({ stem }) => stem)
        .join(", ")}${missing.length > 3 ? " …" : ""}`,
      { where: store.folder, hint: "Run their shards again; what was computed before is not computed twice." },
    );
  }
  const { experiment } = parseExperiment(plan.text);
  // Small enough to hold for every task at once: what is large stays in its file.
  const facts = plan.tasks.map((task) => asWritten(store, taskFile(task), () => factsOf(readTask(store, task))));
  const claims = experiment ? conclude(experiment, facts) : [];
  store.write("experiment.glassbox.yaml", plan.text);
  store.writeJson("results.json", {
    title: plan.title,
    model: { name: plan.model.name, sha256: plan.model.sha256 },
    claims,
    tasks: facts.map(({ described }) => described),
  });
  store.write("results.csv", resultsCsv(facts.flatMap(({ rows }) => rows)));
  store.write(
    "report.html",
    asWritten(store, "tasks", () => experimentReport(store, plan, claims)),
  );
  return claims;
}

function factsOf(
  kept: KeptTask,
): Pick<KeptTask, "task" | "readings"> & {
  readonly described: Readonly<Record<string, unknown>>;
  readonly rows: ReturnType<typeof rowsOf>;
} {
  const { task, result, failure, readings } = kept;
  const { provenance } = result ?? {};
  const own = result && answerKind(result.data.kind).summary?.(result.data as never);
  return {
    task,
    readings,
    rows: rowsOf(kept),
    described: {
      ...task,
      file: taskFile(task),
      ...own,
      certificate: result?.certificate,
      target: provenance?.target ?? task.target,
      provenance,
      command: result?.code.cli,
      readings,
      failure,
    },
  };
}
