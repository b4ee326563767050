// What each block of a walkthrough that trains probes gives over three seeds, so that its claims can have bands: the range,
// widened by what the number of test rows leaves open. Pictures that are made are drawn anew with each seed; a table is split anew.
// usage: node scripts/walkthrough-bands.mjs <walkthrough> [block …]
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { isMap, parse, parseDocument } from "yaml";
import { root } from "./bundles.mjs";

const seeds = [0, 1, 2];
const [id, ...chosen] = process.argv.slice(2);
const folder = path.join(root, "walkthroughs", id ?? "");
if (id === undefined || !fs.existsSync(path.join(folder, "walkthrough.md"))) {
  console.error("usage: node scripts/walkthrough-bands.mjs <walkthrough> [block …]");
  process.exit(2);
}

const blocks = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) =>
    [...fs.readFileSync(path.join(folder, name), "utf8").matchAll(/^```glassbox (\S+).*\n([\s\S]*?)^```/gm)].map(
      ([, block, text]) => ({ name, block, text }),
    ),
  )
  .filter(
    ({ block, text }) =>
      (chosen.length === 0 || chosen.includes(block)) &&
      parse(text).analyses.every(({ method }) => method === "linear-probes"),
  );

/** The block's experiment with another seed; its files are named from where they are. */
function seeded(text, seed) {
  const document = parseDocument(text);
  document.set("model", path.resolve(folder, document.get("model")));
  for (const input of document.get("inputs").items) {
    const data = input.get("data");
    const made = /^(procedural:\d+)/.exec(data);
    input.set("data", made ? `${made[1]}:${seed}` : path.resolve(folder, data));
  }
  for (const analysis of document.get("analyses").items) if (isMap(analysis)) analysis.setIn(["options", "seed"], seed);
  return document.toString();
}

/** What the block's claims read at one seed, as the terminal answers, and on how many test rows. */
function probed({ block, text }, seed) {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bands-"));
  try {
    const file = path.join(out, `${block}.glassbox.yaml`);
    fs.writeFileSync(file, seeded(text, seed));
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(root, "dist", "cli.mjs"), "run", file, "--out", path.join(out, "results")],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(stderr);
    const {
      tasks: [task],
    } = JSON.parse(fs.readFileSync(path.join(out, "results", "results.json"), "utf8"));
    return { rows: task.testRows, scores: new Map(task.readings.map(({ path: reading, value }) => [reading, value])) };
  } finally {
    fs.rmSync(out, { recursive: true });
  }
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
