// What each probe block of a walkthrough gives over three seeds, so that its claims can have bands: the range, widened by
// what the number of test rows leaves open. Pictures that are made are drawn anew with each seed; a table is split anew.
// usage: node scripts/walkthrough-bands.mjs <walkthrough> [block …]
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { root } from "./bundles.mjs";

const seeds = [0, 1, 2];
const [id, ...chosen] = process.argv.slice(2);
const folder = path.join(root, "walkthroughs", id ?? "");
if (id === undefined || !fs.existsSync(path.join(folder, "walkthrough.md"))) {
  console.error("usage: node scripts/walkthrough-bands.mjs <walkthrough> [block …]");
  process.exit(2);
}

const blocks = fs.readdirSync(folder).filter((name) => name.endsWith(".md")).flatMap((name) =>
  [...fs.readFileSync(path.join(folder, name), "utf8").matchAll(/^```probe (\S+).*\n([\s\S]*?)^```/gm)].map(([, block, text]) => ({ name, block, ...parse(text) })),
).filter(({ block }) => chosen.length === 0 || chosen.includes(block));

/** The probes of one block at one seed, as the terminal answers. */
function probed({ model, data, label, sites, options = {} }, seed) {
  const made = /^procedural/.test(data);
  const flags = Object.entries({ ...options, ...(made ? {} : { seed }) }).map(([name, value]) => (typeof value === "boolean" ? `--${value ? "" : "no-"}${name}` : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}=${value}`));
  const reference = made ? data.replace(/^(procedural:\d+).*$/, `$1:${seed}`) : path.join(folder, data);
  const args = [path.join(root, "dist", "cli.mjs"), "probe", path.join(folder, model), "--data", reference, "--label", label, "--sites", Object.values(sites).join(","), ...flags, "--json", "--out", path.join(root, "dist-test", "bands")];
  const { data: chart } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] }));
  const nameOf = (site) => Object.entries(sites).find(([, each]) => each === site)?.[0] ?? site;
  const scores = chart.points.flatMap(({ series, site, test, train }) => [[`${series}@${nameOf(site)}.test.accuracy`, test.accuracy], [`${series}@${nameOf(site)}.train.accuracy`, train.accuracy]]);
  return { rows: chart.testRows, scores: new Map([...scores, ["majority.test.accuracy", chart.majority.accuracy]]) };
}

for (const block of blocks) {
  const runs = seeds.map((seed) => probed(block, seed));
  console.log(`\n${block.name} ${block.block} (${runs[0].rows} test rows)`);
  for (const reading of runs[0].scores.keys()) {
    const values = runs.map(({ scores }) => scores.get(reading));
    // 95 % of a share that is counted on so many rows.
    const open = (share) => 1.96 * Math.sqrt(Math.max(share * (1 - share), 1 / runs[0].rows) / runs[0].rows);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const band = [Math.max(0, least - open(least)), Math.min(1, most + open(most))].map((share) => share.toFixed(2));
    console.log(`  ${reading.padEnd(34)} ${values.map((value) => value.toFixed(3)).join("  ")}   [${band.join(", ")}]`);
  }
}
