import fs from "node:fs";
import path from "node:path";
import { openModel } from "../../protocol/engine.ts";
import {
  describeData,
  exportProbes,
  probeEvent,
  runProbes,
  usualProbeOptions,
  type ProbeEvent,
  type ProbeOptions,
  type ProbeOutcome,
  type ProbeParams,
} from "../../protocol/probing.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { checkWords } from "../check-line.ts";
import type { Command } from "../command.ts";
import { readPreprocessing } from "../explain/read-preprocessing.ts";
import { exitCodes } from "../exit-code.ts";
import { engineFlags, type Arguments } from "../flags.ts";
import { tableLines } from "../../answers/probe-table.ts";
import { ProgressLine } from "../progress-line.ts";

/** What each layer makes linearly decodable, with the controls that such a claim needs. */
export const probe: Command = {
  name: "probe",
  summary:
    "Say at which layers a label is linearly decodable, beside a random twin of the network, shuffled labels, the raw input and the majority.",
  usage: "<model> --data <procedural|folder|table|.npz> [flags]",
  positionals: ["model"],
  flags: {
    data: {
      kind: "text",
      value: "<data>",
      description:
        "Labelled samples: procedural[:<count>[:<seed>]] makes pictures at once; a folder with a subfolder for each class; a .csv or .tsv with a column path, or of features; an .npz of X and y.",
    },
    label: {
      kind: "text",
      value: "<name>",
      description:
        "What is decoded: for procedural pictures shape, colour, quadrant or size; a column of a table. Default: the first.",
    },
    sites: {
      kind: "text",
      value: "<sites>",
      description: "Sites, separated by commas. Default: ten, spread over the depth.",
    },
    pooling: {
      kind: "text",
      value: "<how>",
      description: "How an activation becomes one vector: mean (default), max, or position, which keeps a 2 × 2 grid.",
    },
    seed: {
      kind: "text",
      value: "<n>",
      description: "Of the split, the random twin and the shuffled labels. Default: 0.",
    },
    "test-share": {
      kind: "text",
      value: "<share>",
      description: "Rows that are only tested on. Default: 0.25, unless the data say themselves.",
    },
    folds: { kind: "text", value: "<n>", description: "Folds of the training rows by which C is chosen. Default: 5." },
    random: { kind: "switch", description: "--no-random leaves out the randomly initialised twin." },
    shuffled: { kind: "switch", description: "--no-shuffled leaves out shuffled labels." },
    raw: { kind: "switch", description: "--no-raw leaves out the probe of the input itself." },
    preprocessing: {
      kind: "text",
      value: "<name|file>",
      description: "How a picture becomes the input. Default: as the file beside the model says, else detected.",
    },
    out: {
      kind: "text",
      value: "<folder>",
      description: "Where chart, table and JSON go. Default: glassbox-report/probe-<label>-<model>.",
    },
    json: { kind: "switch", description: "Print one JSON document instead of words." },
    ...engineFlags,
  },
  async run({ given, engine, token, say, remark }) {
    const model = path.resolve(given.positionals[0]!);
    const data = dataReference(given);
    const options = probeOptions(given);
    const progress = new ProgressLine(process.stderr);
    try {
      progress.wait("Opening the model …");
      const card = await engine.request(openModel, { model }, token);
      progress.wait("Reading the data …");
      const described = await engine.request(describeData, { model, data }, token);
      const word = given.text("preprocessing");
      const sites = given.list("sites");
      const params: ProbeParams = {
        job: `${process.pid}-probe`,
        model,
        data,
        label: given.text("label"),
        sites: sites.length ? sites : undefined,
        options,
        preprocessing: word === undefined ? undefined : readPreprocessing(word, card),
      };
      const hear = (method: string, event: unknown): void => {
        if (method === probeEvent.method) progress.update("Probing", (event as ProbeEvent).progress);
      };
      const { result, cancelled } = (await engine.forwardJob(runProbes.method, params, hear, token)) as ProbeOutcome;
      progress.clear();
      const folder =
        given.text("out") ?? path.join("glassbox-report", `probe-${result.data.label}-${path.parse(model).name}`);
      const files: string[] = [];
      fs.mkdirSync(folder, { recursive: true });
      for (const format of ["svg", "csv", "json"] as const) {
        files.push(path.join(folder, `probes.${format}`));
        fs.writeFileSync(files.at(-1)!, await engine.request(exportProbes, { job: params.job, format }));
      }
      if (given.on("json")) say(JSON.stringify({ ...result, cancelled, files }, undefined, 2));
      else {
        say(`${described.title}, ${result.data.label}, through ${card.name}`);
        for (const line of [
          "",
          ...tableLines(result.data),
          "",
          ...result.data.summary,
          "",
          ...result.certificate.map(checkWords),
          "",
          "Written:",
          ...files.map((file) => `  ${file}`),
        ])
          say(line);
        for (const { status, sentence } of result.certificate)
          if (status === "warn" || status === "fail")
            remark(`${status === "fail" ? "Warning" : "Caution"}: ${sentence}`);
      }
      if (cancelled) remark("Stopped; what was known is kept, and the next run goes on from there.");
      return cancelled ? exitCodes.cancelled : exitCodes.done;
    } finally {
      progress.clear();
    }
  },
};

/** A word of its own, or a path made absolute. */
function dataReference(given: Arguments): string {
  const data = given.text("data");
  if (data === undefined)
    throw new GlassboxError("option", "--data is missing", {
      hint: "Write --data procedural to begin with pictures made on the fly, or name a folder, a .csv, .tsv or .npz file.",
    });
  return /^procedural(:|$)/.test(data) ? data : path.resolve(data);
}

function probeOptions(given: Arguments): ProbeOptions {
  const number = (flag: string, usual: number): number => {
    const word = given.text(flag);
    if (word === undefined) return usual;
    const value = Number(word);
    if (word.trim() === "" || !Number.isFinite(value))
      throw new GlassboxError("option", `--${flag} is ${word}`, { hint: "It must be a number." });
    return value;
  };
  const pooling = given.text("pooling") ?? usualProbeOptions.pooling;
  if (pooling !== "mean" && pooling !== "max" && pooling !== "position")
    throw new GlassboxError("option", `there is no pooling ${pooling}`, { hint: "It is one of: mean, max, position." });
  return {
    pooling,
    testShare: number("test-share", usualProbeOptions.testShare),
    folds: number("folds", usualProbeOptions.folds),
    seed: number("seed", usualProbeOptions.seed),
    random: given.on("random") ?? usualProbeOptions.random,
    shuffled: given.on("shuffled") ?? usualProbeOptions.shuffled,
    raw: given.on("raw") ?? usualProbeOptions.raw,
  };
}
