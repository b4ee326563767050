import { GlassboxError } from "../../tensor/errors.ts";
import type { Command } from "../command.ts";
import { finish } from "../experiment/finish.ts";
import { hasPlan, readPlan } from "../experiment/plan-file.ts";
import { Store } from "../experiment/store.ts";
import { readTask } from "../experiment/task-file.ts";
import { sayClaims } from "./run.ts";

/** Joins the parts of an experiment into the same bytes that one run writes. */
export const mergeCommand: Command = {
  name: "merge",
  summary:
    "Join the parts that `glassbox run --shard` wrote into results.json, results.csv and report.html, with the same bytes as one run.",
  usage: "<folder> [flags]",
  positionals: ["folder"],
  flags: {
    check: {
      kind: "switch",
      description: "Check the claims. If one does not hold, print both numbers and exit with code 1.",
    },
    json: { kind: "switch", description: "Print one JSON document instead of text." },
  },
  async run(session) {
    const store = new Store(session.given.positionals[0]!);
    if (!hasPlan(store))
      throw new GlassboxError("input", "this folder has no part of an experiment", {
        where: store.folder,
        hint: "First run the parts, e.g. glassbox run <experiment> --shard 0/4 --out <folder>.",
      });
    store.removeLeftovers();
    const claims = finish(store);
    const failed = readPlan(store).tasks.filter((task) => readTask(store, task).failure !== undefined).length;
    return sayClaims(session, store, claims, { check: session.given.on("check") === true, failed });
  },
};
