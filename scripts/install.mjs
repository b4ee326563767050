// Brings node_modules up to package-lock.json. Uses nothing but Node, since nothing else is there yet.
import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const MINIMUM = [20, 19];

const lockFile = (folder) => path.join(folder, "package-lock.json");
/** npm writes its own copy of the lock file into node_modules when it finishes; ours says which lock file that was. */
const stampFile = (folder) => path.join(folder, "node_modules", ".glassbox-lock");
const digest = (folder) =>
  crypto
    .createHash("sha256")
    .update(fs.readFileSync(lockFile(folder)))
    .digest("hex");

function isInstalled(folder) {
  const finished = path.join(folder, "node_modules", ".package-lock.json");
  if (!fs.existsSync(finished)) return false;
  if (fs.existsSync(stampFile(folder))) return fs.readFileSync(stampFile(folder), "utf8") === digest(folder);
  // Installed by hand: current if npm finished after the lock file was last written.
  return fs.statSync(finished).mtimeMs >= fs.statSync(lockFile(folder)).mtimeMs - 5000;
}

/**
 * Runs `npm ci` if node_modules is missing or older than the lock file. What npm says goes to standard error.
 * @param {{ folder?: string, flags?: readonly string[] }} [options] `folder`: of the lock file; `flags`: for npm
 */
export function installPackages({ folder = root, flags = [] } = {}) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
    console.error(`Glassbox needs Node ${MINIMUM.join(".")} or newer; this is Node ${process.versions.node}.`);
    process.exit(1);
  }
  if (isInstalled(folder)) return;
  console.error(`Installing the packages in ${path.relative(root, lockFile(folder))} …`);
  const started = Date.now();
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error", ...flags], {
    cwd: folder,
    stdio: ["ignore", process.stderr, process.stderr],
    shell: process.platform === "win32",
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
  });
  if (status !== 0) {
    console.error(
      "npm ci failed; its own words are above. Glassbox needs the npm registry once, to install its packages.",
    );
    process.exit(status ?? 1);
  }
  fs.writeFileSync(stampFile(folder), digest(folder));
  console.error(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}
