// Hostile inputs, each in a process of its own at the smallest memory budget: what was answered or refused with a sentence,
// what crashed, what took long, and what took more memory than the budget allows. docs/robustness.md has the table.
// usage: node scripts/robustness.mjs [words of a name …]
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./bundles.mjs";

const BUDGET_GB = 0.25;
/** What Node, ONNX Runtime and the terminal take without any input (measured: 0.2 to 0.35 GB in two processes). */
const OWN_GB = 0.6;
/** Processor seconds: starting takes two, and what is refused takes none. */
const LONG_S = 15;
/** A run that takes longer is a hang. */
const LIMIT_MS = 300_000;

async function hostileInputs(folder) {
  const outfile = path.join(root, "dist", "robustness-inputs.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["test/robustness/inputs.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "warning",
  });
  const { hostileInputs: make } = await import(pathToFileURL(outfile).href);
  fs.rmSync(outfile);
  return make(folder);
}

/** The process and all it started. */
function family(pid) {
  const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  return [pid, ...children.flatMap((child) => family(Number(child)))];
}

/** Resident bytes and processor seconds of a process and all it started, as far as they can be read. */
function usage(pid) {
  let bytes = 0;
  let seconds = 0;
  try {
    for (const each of family(pid)) {
      bytes += Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${each}/status`, "utf8"))?.[1] ?? 0) * 1024;
      const fields = fs.readFileSync(`/proc/${each}/stat`, "utf8").split(") ")[1].split(" ");
      seconds += (Number(fields[11]) + Number(fields[12])) / 100;
    }
  } catch {
    // A process ended while it was read.
  }
  return { bytes, seconds };
}

function run({ asks }, folder) {
  return new Promise((resolve) => {
    const line = [path.join(root, "dist", "cli.mjs"), ...asks, "--memory", String(BUDGET_GB)];
    const child = spawn(process.execPath, line, {
      cwd: folder,
      env: { ...process.env, GLASSBOX_CACHE: path.join(folder, "cache") },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const peak = { bytes: 0, seconds: 0 };
    const looking = setInterval(() => {
      const now = usage(child.pid);
      peak.bytes = Math.max(peak.bytes, now.bytes);
      peak.seconds = Math.max(peak.seconds, now.seconds);
    }, 50);
    let said = "";
    let hung = false;
    child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
    const limit = setTimeout(() => {
      hung = true;
      for (const each of family(child.pid)) process.kill(each, "SIGKILL");
    }, LIMIT_MS);
    child.on("exit", (code) => {
      clearInterval(looking);
      clearTimeout(limit);
      resolve({ code, hung, said: said.trim().split("\n")[0] ?? "", ...peak });
    });
  });
}

const wanted = process.argv.slice(2).join(" ");
const { status } = spawnSync(process.execPath, [path.join(root, "scripts", "build.mjs")], { stdio: "inherit" });
if (status !== 0) process.exit(1);
const rows = new Map();
const faults = [];
for (const input of (await hostileInputs()).filter(({ name, row }) => `${row} ${name}`.includes(wanted))) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-robustness-"));
  try {
    for (const [name, contents] of Object.entries(input.files)) fs.writeFileSync(path.join(folder, name), contents);
    const { code, hung, said, bytes, seconds } = await run(input, folder);
    const counts = rows.get(input.row) ?? { tried: 0, answered: 0, refused: 0, crash: 0, long: 0, memory: 0 };
    rows.set(input.row, counts);
    counts.tried++;
    if (hung || seconds > LONG_S) counts.long++;
    if (bytes > (BUDGET_GB + OWN_GB) * 2 ** 30) counts.memory++;
    if (code === 0 || code === 1) counts.answered++;
    else if (code === 2) counts.refused++;
    else if (!hung) counts.crash++;
    if (hung || (code !== 0 && code !== 1 && code !== 2)) faults.push(`${input.name}: exit code ${code}, ${said}`);
    console.log(
      `${input.name}: exit ${code}, ${(bytes / 2 ** 20).toFixed(0)} MB, ${seconds.toFixed(1)} s. ${said.slice(0, 160)}`,
    );
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
console.log("\n| inputs | tried | answered | refused with a sentence | crash | too long | over the budget |");
console.log("|---|---|---|---|---|---|---|");
for (const [row, { tried, answered, refused, crash, long, memory }] of rows)
  console.log(`| ${row} | ${tried} | ${answered} | ${refused} | ${crash} | ${long} | ${memory} |`);
const bad = [...rows.values()].reduce((sum, { crash, long, memory }) => sum + crash + long + memory, 0);
for (const fault of faults) console.error(fault);
process.exit(bad === 0 ? 0 : 1);
