// npm run test:slurm: an experiment as a job array of a real Slurm on this machine, one part killed and repeated, merges
// to the bytes of one run. Everything it starts has files, ports and sockets of its own and is stopped by its process number.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { buildAll } from "./build.mjs";
import { root } from "./bundles.mjs";

const PARTS = 4;
const KILLED = 2;
const daemons = ["munged", "slurmctld", "slurmd"].map((name) => `/usr/sbin/${name}`);

const missing = [
  ...(process.platform === "linux" ? [] : ["Linux"]),
  ...(process.getuid?.() === 0 ? [] : ["root, to start Slurm's daemons"]),
  ...daemons.filter((file) => !fs.existsSync(file)),
];
if (missing.length) {
  console.log(
    `Not run. It needs ${missing.join(", ")}. On Debian 12, as root: apt-get install -y slurm-wlm munge. docs/scale.md has the recipe.`,
  );
  console.log("0 passed, 0 failed, 1 skipped");
  process.exit(0);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-slurm-"));
const at = (...parts) => path.join(folder, ...parts);
const environment = { ...process.env, SLURM_CONF: at("slurm.conf"), GLASSBOX_CACHE: at("cache") };
const run = (command, ...args) =>
  execFileSync(command, args, { encoding: "utf8", env: environment, cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const glassbox = path.join(root, "dist", "cli.mjs");

/** Waits for something to become true, or fails with its name. */
async function until(what, seconds, test) {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; await sleep(100)) if (test()) return;
  throw new Error(
    `${what} did not happen within ${seconds} s.\n${["ctld.log", "slurmd.log", "munged.log"].map((name) => (fs.existsSync(at(name)) ? fs.readFileSync(at(name), "utf8").slice(-2000) : "")).join("\n")}`,
  );
}

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function startSlurm() {
  const host = os.hostname().split(".")[0];
  for (const name of ["state", "spool", "munge"]) fs.mkdirSync(at(name), { mode: 0o700 });
  fs.chmodSync(folder, 0o755);
  fs.chmodSync(at("munge"), 0o755);
  fs.writeFileSync(at("munge", "key"), crypto.getRandomValues(new Uint8Array(1024)), { mode: 0o400 });
  run(
    "/usr/sbin/munged",
    "--force",
    "--num-threads=2",
    `--socket=${at("munge", "socket")}`,
    `--key-file=${at("munge", "key")}`,
    `--pid-file=${at("munged.pid")}`,
    `--log-file=${at("munged.log")}`,
    `--seed-file=${at("munge", "seed")}`,
  );
  const lines = {
    ClusterName: "glassbox",
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmUser: "root",
    SlurmdUser: "root",
    SlurmctldPort: await freePort(),
    SlurmdPort: await freePort(),
    AuthType: "auth/munge",
    AuthInfo: `socket=${at("munge", "socket")}`,
    CredType: "cred/munge",
    ProctrackType: "proctrack/pgid",
    TaskPlugin: "task/none",
    SelectType: "select/cons_tres",
    SelectTypeParameters: "CR_Core",
    StateSaveLocation: at("state"),
    SlurmdSpoolDir: at("spool"),
    SlurmctldPidFile: at("ctld.pid"),
    SlurmdPidFile: at("slurmd.pid"),
    SlurmctldLogFile: at("ctld.log"),
    SlurmdLogFile: at("slurmd.log"),
    ReturnToService: 2,
    MinJobAge: 300,
    KillWait: 2,
  };
  const configuration = Object.entries(lines).map(([key, value]) => `${key}=${value}`);
  configuration.push(
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=${Math.min(4000, Math.floor(os.totalmem() / 2 ** 20) - 500)} State=UNKNOWN`,
    `PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP`,
  );
  fs.writeFileSync(at("slurm.conf"), `${configuration.join("\n")}\n`);
  run("/usr/sbin/slurmctld", "-c");
  run("/usr/sbin/slurmd");
  await until("an idle node", 30, () =>
    /idle/.test(spawnSync("sinfo", ["-h", "-o", "%T"], { encoding: "utf8", env: environment }).stdout),
  );
}

function stopSlurm() {
  for (const name of ["slurmd.pid", "ctld.pid", "munged.pid"]) {
    if (!fs.existsSync(at(name))) continue;
    try {
      process.kill(Number(fs.readFileSync(at(name), "utf8")), "SIGTERM");
    } catch {
      // It has ended already.
    }
  }
}

/** The three lines of docs/scale.md. */
const script = `#!/bin/sh
#SBATCH --array=0-${PARTS - 1} --output=part-%a.log
exec ${process.execPath} ${glassbox} run experiment.glassbox.yaml --shard $SLURM_ARRAY_TASK_ID/$SHARDS --out parts
`;

const experiment = `title: A job array
model: ${path.join(root, "samples/vision/efficientnet-lite0.onnx")}
inputs: [${["chelsea.png", "coffee.png"].map((name) => path.join(root, "samples/vision", name)).join(", ")}]
analyses:
  - method: prediction
  - method: gradient
  - method: grad-cam
  - id: ig
    method: integrated-gradients
    options: { rule: midpoint, steps: 48 }
claims:
  - expect: prediction.top.1.probability
    above: 0.2
`;

function files(where) {
  const names = fs
    .readdirSync(where, { recursive: true, encoding: "utf8" })
    .filter((name) => fs.statSync(path.join(where, name)).isFile());
  return new Map(names.sort().map((name) => [name, fs.readFileSync(path.join(where, name))]));
}

/** Two tasks of each part, so that the part to be killed has work left. */
async function submitAndKill() {
  const job = run("sbatch", "--parsable", `--export=ALL,SHARDS=${PARTS}`, "job.sh").trim();
  const state = (part) =>
    spawnSync("squeue", ["-h", "-r", "-o", "%T", "-j", `${job}_${part}`], {
      encoding: "utf8",
      env: environment,
    }).stdout.trim();
  await until(
    `part ${KILLED} running`,
    300,
    () => state(KILLED) === "RUNNING" && fs.existsSync(at(`part-${KILLED}.log`)),
  );
  run("scancel", "--signal=KILL", "--full", `${job}_${KILLED}`);
  await until(
    "the end of the array",
    600,
    () => spawnSync("squeue", ["-h", "-j", job], { encoding: "utf8", env: environment }).stdout.trim() === "",
  );
}

const started = Date.now();
let failure;
try {
  await buildAll({ say: console.error });
  fs.writeFileSync(at("experiment.glassbox.yaml"), experiment);
  fs.writeFileSync(at("job.sh"), script);
  await startSlurm();
  console.log(`${run("sinfo", "--version").trim()}: node idle after ${Date.now() - started} ms.`);
  await submitAndKill();
  const early = spawnSync(process.execPath, [glassbox, "merge", "parts"], {
    encoding: "utf8",
    env: environment,
    cwd: folder,
  });
  if (early.status !== 2) throw new Error(`merge accepted a killed part: ${early.stdout}${early.stderr}`);
  console.log(`Part ${KILLED} of ${PARTS} was killed, and merge says so: ${early.stderr.trim().split("\n").at(-1)}`);
  run("sbatch", "--wait", `--array=${KILLED}`, `--export=ALL,SHARDS=${PARTS}`, "job.sh");
  run(process.execPath, glassbox, "merge", "parts", "--check");
  fs.rmSync(at("cache"), { recursive: true });
  run(process.execPath, glassbox, "run", "experiment.glassbox.yaml", "--out", "whole");
  const [parts, whole] = [files(at("parts")), files(at("whole"))];
  const differing = [...new Set([...parts.keys(), ...whole.keys()])].filter(
    (name) => !parts.get(name)?.equals(whole.get(name) ?? Buffer.alloc(0)),
  );
  if (differing.length) throw new Error(`These differ from one run: ${differing.join(", ")}`);
  console.log(`${whole.size} files of ${PARTS} parts are the bytes of one run.`);
} catch (error) {
  failure = error;
} finally {
  stopSlurm();
  if (!failure) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 300 });
}
if (failure) console.error(`${failure.message}\n${failure.stderr ?? ""}\nThe folder is kept: ${folder}`);
console.log(
  `In ${((Date.now() - started) / 1000).toFixed(0)} s:\n${failure ? "0 passed, 1 failed" : "1 passed, 0 failed"}, 0 skipped`,
);
process.exit(failure ? 1 : 0);
