// Brings node_modules up to package-lock.json. Uses nothing but Node, since nothing else is there yet.
import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const MINIMUM = [20, 19];

/** npm writes its own copy of the lock file into node_modules when it finishes; ours says which lock file that was. */
const stamp = path.join(root, "node_modules", ".glassbox-lock");
const lock = () =>
  crypto
    .createHash("sha256")
    .update(fs.readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");

function isInstalled() {
  const finished = path.join(root, "node_modules", ".package-lock.json");
  if (!fs.existsSync(finished)) return false;
  if (fs.existsSync(stamp)) return fs.readFileSync(stamp, "utf8") === lock();
  // Installed by hand: current if npm finished after the lock file was last written.
  return fs.statSync(finished).mtimeMs >= fs.statSync(path.join(root, "package-lock.json")).mtimeMs - 5000;
}

/** Runs `npm ci` if node_modules is missing or older than the lock file. What npm says goes to standard error. */
export function installPackages() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
    console.error(`Glassbox needs Node ${MINIMUM.join(".")} or newer; this is Node ${process.versions.node}.`);
    process.exit(1);
  }
  if (isInstalled()) return;
  console.error("Installing the packages in package-lock.json …");
  const started = Date.now();
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
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
  fs.writeFileSync(stamp, lock());
  console.error(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}
