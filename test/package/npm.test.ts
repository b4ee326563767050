import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

const root = process.env.GLASSBOX_ROOT!;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-npm-"));
const repository = path.join(scratch, "repository");
/** Somebody's project: an empty folder in which Glassbox is installed. */
const project = path.join(scratch, "project");
const installed = path.join(project, "node_modules", "glassbox");

const LEFT_OUT = /^(node_modules|\.git|dist|dist-test|dist-packages|report|out|scripts\/package\/vsce\/node_modules)$/;

function run(folder: string, command: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  const { GLASSBOX_ROOT: _, ...environment } = process.env;
  const ran = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
    env: { ...environment, GLASSBOX_CACHE: path.join(scratch, "cache") },
  });
  assert.equal(ran.status, 0, `${command} ${args.join(" ")}\n${ran.stdout}${ran.stderr}`);
  return ran;
}

/** `npm pack` builds dist/ for production, so it works on a copy: other tests use the repository's own. */
function copyRepository(): void {
  fs.cpSync(root, repository, { recursive: true, filter: (file) => !LEFT_OUT.test(path.relative(root, file)) });
  fs.mkdirSync(path.join(repository, "node_modules"));
  for (const name of fs.readdirSync(path.join(root, "node_modules")).filter((each) => !each.startsWith(".glassbox")))
    fs.symlinkSync(path.join(root, "node_modules", name), path.join(repository, "node_modules", name));
}

/** As `npm install` does, but with the registry's packages taken from the repository, so that the test needs no network. */
function install(archive: string): void {
  fs.mkdirSync(installed, { recursive: true });
  fs.writeFileSync(path.join(project, "package.json"), '{ "name": "project", "private": true }');
  run(project, "tar", "xzf", archive, "--strip-components=1", "-C", installed);
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(installed, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    fs.mkdirSync(path.dirname(path.join(project, "node_modules", name)), { recursive: true });
    fs.symlinkSync(path.join(root, "node_modules", name), path.join(project, "node_modules", name));
  }
  run(project, "npm", "rebuild", "--ignore-scripts", "glassbox");
}

before(() => {
  copyRepository();
  fs.mkdirSync(project);
  const { stdout } = run(repository, "npm", "pack", "--json", "--pack-destination", scratch);
  const [{ filename, size }] = JSON.parse(stdout) as [{ filename: string; size: number }];
  console.log(`${filename}: ${(size / 1e6).toFixed(1)} MB`);
  install(path.join(scratch, filename));
});
after(() => fs.rmSync(scratch, { recursive: true, force: true }));

test("npx glassbox explains a sample in a folder where only the package is installed", () => {
  const samples = "node_modules/glassbox/samples/vision";
  const { stdout } = run(
    project,
    "npx",
    ...["--no-install", "glassbox", "explain"],
    ...[`${samples}/efficientnet-lite0.onnx`, `${samples}/rocket.jpg`, "--method", "grad-cam"],
  );
  assert.match(stdout, /^ {2}missile +41\.\d %/m);
  const report = path.join(project, "glassbox-report", "rocket-efficientnet-lite0");
  assert.deepEqual(fs.readdirSync(report).sort(), ["grad-cam.png", "report.html"]);
});

test("TensorFlow.js in WebAssembly runs from the package's dependencies as well", () => {
  const samples = "node_modules/glassbox/samples/vision";
  const { stdout } = run(
    project,
    "npx",
    ...["--no-install", "glassbox", "explain"],
    ...[
      `${samples}/efficientnet-lite0.onnx`,
      `${samples}/coffee.png`,
      "--method",
      "gradient",
      "--runtime",
      "tensorflow",
    ],
  );
  assert.match(stdout, /^ {2}espresso +84\.\d %/m);
});

test("the package holds the terminal's bundles, licences and samples, and what its README shows and links", () => {
  const names = fs
    .readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(installed, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
  for (const name of ["LICENSE", "CHANGELOG.md", "dist/THIRD-PARTY-NOTICES.txt", "samples/vision/README.md"])
    assert.ok(names.includes(name), name);
  assert.deepEqual(
    names.filter((name) =>
      /\.map$|\.tsx?$|^(src|scripts|webview)\/|^dist\/(webview|node_modules|surfaces|language)/.test(name),
    ),
    [],
  );
  const readme = fs.readFileSync(path.join(installed, "README.md"), "utf8");
  const linked = [...readme.matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)/g)].map(([, file]) => file!);
  assert.ok(linked.length > 5);
  assert.deepEqual(
    linked.filter((file) => !fs.existsSync(path.join(installed, file))),
    [],
  );
});
