// Bundles Glassbox into dist/. Nothing is written when nothing changed, and each file is replaced whole, so a running
// Glassbox never reads half a file.
// usage: node scripts/build.mjs [--production] [--watch] [--metafile]
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BESIDE, bundles, root } from "./bundles.mjs";

// Not in dist/, which is packaged as it is.
const RECORD = path.join(root, "node_modules", ".glassbox-built.json");
const own = ["scripts/build.mjs", "scripts/bundles.mjs", "package-lock.json", "tsconfig.json"];

function fingerprint(files) {
  const hash = crypto.createHash("sha256");
  for (const file of [...files].sort())
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(root, file)))
      .update("\0");
  return hash.digest("hex");
}

/** Their names, so that a step that is added or removed is noticed. */
const walkthroughFiles = () =>
  fs
    .readdirSync(path.join(root, "walkthroughs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .sort();

/** True if the last build had these entries and settings and every file it read is as it was. Packages count by the lock file. */
function isCurrent(wanted) {
  try {
    const record = JSON.parse(fs.readFileSync(RECORD, "utf8"));
    return (
      record.wanted === JSON.stringify(wanted) &&
      record.outputs.every((file) => fs.existsSync(path.join(root, file))) &&
      record.fingerprint === fingerprint(record.inputs)
    );
  } catch {
    return false;
  }
}

function replace(file, contents) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (fs.existsSync(file) && Buffer.compare(fs.readFileSync(file), contents) === 0) return;
  const partial = `${file}.${process.pid}`;
  fs.writeFileSync(partial, contents);
  fs.renameSync(partial, file);
}

function write(result) {
  const files = result.outputFiles.map((output) => output.path);
  for (const { path: file, contents } of result.outputFiles) replace(file, contents);
  // A production build has no source maps; those of the build before it would be packaged.
  for (const file of files) if (!files.includes(`${file}.map`)) fs.rmSync(`${file}.map`, { force: true });
  for (const { path: file } of result.outputFiles) if (path.basename(file) === "cli.mjs") fs.chmodSync(file, 0o755);
}

function copy(file, from) {
  replace(file, fs.readFileSync(from));
  fs.chmodSync(file, fs.statSync(from).mode);
}

/** Each output with its size and the largest things in it. */
function report(results) {
  const lines = results.flatMap(({ metafile }) =>
    Object.entries(metafile.outputs)
      .filter(([file]) => !/\.(map|txt)$/.test(file))
      .flatMap(([file, { bytes, inputs }]) => {
        const shares = {};
        for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
          const part = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? input.split("/").slice(0, 2).join("/");
          shares[part] = (shares[part] ?? 0) + bytesInOutput;
        }
        const largest = Object.entries(shares)
          .sort(([, a], [, b]) => b - a)
          .slice(0, 6);
        return [
          `${(bytes / 1024).toFixed(1).padStart(9)} KB  ${file}`,
          ...largest.map(([part, size]) => `${(size / 1024).toFixed(1).padStart(13)} KB  ${part}`),
        ];
      }),
  );
  console.error(lines.join("\n"));
}

/**
 * Writes dist/ below `folder`, whatever is there.
 * @param {string} folder @param {{ production?: boolean }} [options]
 * @returns {Promise<{ results: import("esbuild").BuildResult[], rendered: { read: string[], written: string[] } }>}
 */
export async function buildInto(folder, { production = false } = {}) {
  const { build } = await import("esbuild");
  const all = bundles({ production });
  const results = await Promise.all(all.map(({ options }) => build({ ...options, outdir: folder }))).catch(
    ({ errors }) => {
      // esbuild has shown each error with its place; its stack would only hide them.
      console.error(`The build failed: ${errors?.length ?? "some"} errors, shown above.`);
      process.exit(1);
    },
  );
  for (const result of results) write(result);
  for (const [file, from] of Object.entries(BESIDE)) copy(path.join(folder, file), path.join(root, from));
  const { buildWalkthroughs } = await import("./build-walkthroughs.mjs");
  const rendered = await buildWalkthroughs(folder).catch((error) => {
    console.error(`The build failed: ${error.message}`);
    process.exit(1);
  });
  return { results, rendered };
}

/**
 * Brings dist/ up to date.
 * @param {{ production?: boolean, always?: boolean, say?: (line: string) => void }} [options] `always`: also when it is current
 * @returns {Promise<import("esbuild").BuildResult[] | undefined>} undefined when dist/ was current already
 */
export async function buildAll({ production = false, always = false, say = () => {} } = {}) {
  const all = bundles({ production });
  const wanted = { production, files: all.map(({ file }) => file), walkthroughs: walkthroughFiles() };
  if (!always && isCurrent(wanted)) return undefined;
  const started = Date.now();
  const { results, rendered } = await buildInto(root, { production });
  const inputs = results
    .flatMap((result) => Object.keys(result.metafile.inputs))
    .filter((file) => !file.includes("node_modules") && fs.existsSync(path.join(root, file)));
  const copied = Object.values(BESIDE).filter((file) => !file.includes("node_modules"));
  const read = [...new Set([...own, ...copied, ...inputs, ...rendered.read])];
  const outputs = [
    ...results.flatMap((result) => Object.keys(result.metafile.outputs)),
    ...Object.keys(BESIDE),
    ...rendered.written,
  ];
  fs.mkdirSync(path.dirname(RECORD), { recursive: true });
  replace(
    RECORD,
    Buffer.from(
      JSON.stringify({ wanted: JSON.stringify(wanted), inputs: read, outputs, fingerprint: fingerprint(read) }),
    ),
  );
  say(`Built ${all.length} bundles in ${Date.now() - started} ms.`);
  return results;
}

async function watch(production) {
  const { context } = await import("esbuild");
  for (const { options } of bundles({ production })) {
    const writing = {
      name: "write",
      setup: (build) => build.onEnd((result) => (result.errors.length ? undefined : write(result))),
    };
    await (await context({ ...options, plugins: [writing] })).watch();
  }
  console.error("Watching; every change is built at once.");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { production: { type: "boolean" }, watch: { type: "boolean" }, metafile: { type: "boolean" } },
  });
  if (values.watch) await watch(values.production);
  else {
    const results = await buildAll({ production: values.production, always: values.metafile, say: console.error });
    if (!results) console.error("dist/ is current.");
    else if (values.metafile) report(results);
  }
}
