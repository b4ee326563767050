// Makes one VSIX for each platform and says how large each is and what is largest in it.
// usage: node scripts/package/package.mjs [--out folder] [target …]   (all targets, into dist-packages/, unless told otherwise)
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { installPackages } from "../install.mjs";

installPackages();
const { root } = await import("../bundles.mjs");
const { buildInto } = await import("../build.mjs");
const { TARGETS } = await import("./runtime-packages.mjs");
const { stage } = await import("./stage.mjs");

/** Bytes that a person waits for. */
const LIMIT = 45e6;

const vsce = path.join(root, "scripts", "package", "vsce");

/** Without a repository's address, vsce has nothing that relative links could start from (readme.mjs). */
function pack(folder, target, file) {
  const { repository } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      path.join(vsce, "node_modules", "@vscode", "vsce", "vsce"),
      ...["package", "--target", target, "--out", file],
      ...["--no-dependencies", ...(repository ? [] : ["--no-rewrite-relative-links", "--allow-missing-repository"])],
    ],
    { cwd: folder, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`vsce refuses ${target}:\n${stdout}${stderr}`);
}

/** The largest files of a folder, as `size  path`. */
function largest(folder, count) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ name: path.relative(folder, file), bytes: fs.statSync(file).size }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, count);
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`.padStart(8);

/** @returns {Promise<number[]>} the size of each, in bytes */
async function makePackages(targets, out) {
  installPackages({ folder: vsce, flags: ["--omit=optional", "--ignore-scripts"] });
  fs.mkdirSync(out, { recursive: true });
  const { name, version } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-package-"));
  try {
    const { results } = await buildInto(scratch, { production: true });
    return targets.map((target) => {
      const folder = path.join(scratch, target);
      const file = path.join(out, `${name}-${target}-${version}.vsix`);
      fs.mkdirSync(folder);
      stage(folder, { target, built: scratch, results });
      pack(folder, target, file);
      const bytes = fs.statSync(file).size;
      console.log(`${megabytes(bytes)}  ${path.relative(process.cwd(), file)}`);
      for (const each of largest(folder, 4)) console.log(`  ${megabytes(each.bytes)}  ${each.name}`);
      fs.rmSync(folder, { recursive: true });
      return bytes;
    });
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: "string" } } });
const unknown = positionals.filter((target) => !TARGETS.includes(target));
if (unknown.length) {
  console.error(`There is no package for ${unknown.join(", ")}; choose among ${TARGETS.join(", ")}.`);
  process.exit(2);
}
const targets = positionals.length ? positionals : TARGETS;
const sizes = await makePackages(targets, path.resolve(values.out ?? path.join(root, "dist-packages")));
const tooLarge = targets.filter((_, i) => sizes[i] > LIMIT);
if (tooLarge.length) console.error(`Larger than ${megabytes(LIMIT).trim()}: ${tooLarge.join(", ")}.`);
process.exit(tooLarge.length ? 1 : 0);
