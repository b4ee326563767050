import { conclude, pathsFor, type Read } from "../experiment/conclude.ts";
import { readClaim } from "../experiment/read-claim.ts";
import { YamlReader } from "../experiment/yaml-reader.ts";
import type { Claim } from "../experiment/experiment.ts";
import { runProbes, usualProbeOptions, type ProbeChart, type ProbeEvent, type ProbeOptions, type ProbeOutcome, type ProbeParams, type ProbeScore } from "../protocol/probing.ts";
import type { Block, BlockOutcome } from "../protocol/walkthrough.ts";
import { isSeq, type Node } from "yaml";
import { withChanges } from "./change.ts";
import { wrong, type Place } from "./problem.ts";
import { YamlRecord } from "./record.ts";
import type { Asked, RunSettings } from "./run-block.ts";

/** Probes written down: one model, one dataset, one label, sites by short names, and what is claimed. */
export interface ProbeQuestion {
  readonly model: string;
  readonly data: string;
  readonly label: string;
  /** Short name to site. */
  readonly sites: Readonly<Record<string, string>>;
  readonly options: ProbeOptions;
  readonly claims: readonly Claim[];
}

const optionNames = Object.keys(usualProbeOptions);

export function parseProbeQuestion(text: string, place: Place): ProbeQuestion {
  const record = new YamlRecord(text, place).only("title", "model", "data", "label", "sites", "options", "claims");
  const sites = record.value("sites");
  if (typeof sites !== "object" || sites === null || !Object.values(sites).every((site) => typeof site === "string")) throw wrong(record.at("sites"), "sites must be a list of `name: site`");
  const options = (record.value("options") ?? {}) as Record<string, unknown>;
  for (const [name, value] of Object.entries(options)) {
    if (!optionNames.includes(name)) throw wrong(record.at("options"), `probes have no option ${name}`, `Their options are: ${optionNames.join(", ")}.`);
    const usual = usualProbeOptions[name as keyof ProbeOptions];
    if (typeof value !== typeof usual) throw wrong(record.at("options"), `the option ${name} must be a ${typeof usual}`);
  }
  return { model: record.text("model"), data: record.text("data"), label: record.text("label"), sites: sites as Record<string, string>, options: { ...usualProbeOptions, ...(options as Partial<ProbeOptions>) }, claims: claimsOf(text, place) };
}

/** The same sentences of claims as in an experiment. */
function claimsOf(text: string, place: Place): readonly Claim[] {
  const reader = new YamlReader(text);
  const top = reader.mapping(reader.root, "A probe", undefined);
  const node = top?.get("claims")?.node;
  const claims = isSeq(node) ? node.items.flatMap((item) => readClaim(reader, item as Node) ?? []) : [];
  const [problem] = reader.problems;
  if (problem) throw wrong({ ...place, line: place.line + problem.range.start.line }, problem.message);
  return claims;
}

export async function runProbeBlock(block: Block, engine: Asked, { job, folder, changes, model, listen, token }: RunSettings): Promise<BlockOutcome> {
  const question = parseProbeQuestion(withChanges(block.text, changes), { file: block.file, line: block.line });
  const params: ProbeParams = {
    job,
    model: model ?? `${folder}/${question.model}`,
    data: /^procedural(:|$)/.test(question.data) ? question.data : `${folder}/${question.data}`,
    label: question.label,
    // A reader's own model has sites of its own, spread evenly over its depth.
    ...(model === undefined && { sites: Object.values(question.sites) }),
    options: question.options,
  };
  const { result, cancelled } = (await engine.forwardJob(runProbes.method, params, (_method, event) => listen("probes", (event as ProbeEvent).progress), token)) as ProbeOutcome;
  const reads = readsOf(result.data, model === undefined ? question.sites : ownNames(result.data));
  const claims = conclude(question, reads);
  return { block: block.id, tasks: [], readings: claimed(question, reads), claims, cancelled, picture: undefined };
}

/** Of all that a probe gives, what a claim reads: a number that nobody asserts is not shown. */
function claimed(question: ProbeQuestion, reads: readonly Read[]): Readonly<Record<string, number>> {
  const analyses = reads.map(({ task }) => task.analysis);
  return Object.fromEntries(reads.flatMap(({ task, readings }) => {
    const wanted = new Set(pathsFor(question, task, analyses));
    return readings.filter(({ path }) => wanted.has(path)).map(({ path, value }) => [`${task.analysis}.${path}`, value as number] as const);
  }));
}

const ownNames = ({ sites }: ProbeChart): Readonly<Record<string, string>> => Object.fromEntries(sites.map((site, i) => [String(i + 1), site]));

/** `trained@middle.test.accuracy`, `shuffled@middle.train.accuracy`, `raw@input.test.accuracy`, `majority.test.accuracy`. */
function readsOf(chart: ProbeChart, names: Readonly<Record<string, string>>): readonly Read[] {
  const nameOf = (site: string): string => Object.entries(names).find(([, each]) => each === site)?.[0] ?? site;
  const scores = (side: string, score: ProbeScore) => (["accuracy", "balancedAccuracy", "bits"] as const).map((name) => ({ path: `${side}.${name}`, value: score[name], why: undefined }));
  const points = chart.points.map(({ series, site, test, train, C, accuracyInterval: [low, high] }) => ({
    task: { input: chart.label, analysis: `${series}@${nameOf(site)}` },
    readings: [...scores("test", test), ...scores("train", train), { path: "gap", value: train.accuracy - test.accuracy, why: undefined }, { path: "C", value: C, why: undefined }, { path: "low", value: low, why: undefined }, { path: "high", value: high, why: undefined }],
  }));
  return [...points, { task: { input: chart.label, analysis: "majority" }, readings: scores("test", chart.majority) }];
}
