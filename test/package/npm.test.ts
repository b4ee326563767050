import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { InstalledPackage } from "./installed-package.ts";

const glassbox = new InstalledPackage();
before(() => glassbox.install());
after(() => glassbox.end());
const { project, installed } = glassbox;

test("npx glassbox explains a sample in a folder where only the package is installed", () => {
  const samples = "node_modules/glassbox/samples/vision";
  const { stdout } = glassbox.run(
    project,
    "npx",
    ...["--no-install", "glassbox", "explain"],
    ...[`${samples}/efficientnet-lite0.onnx`, `${samples}/rocket.jpg`, "--method", "grad-cam"],
  );
  assert.match(stdout, /^ {2}missile +41\.\d %/m);
  const report = path.join(project, "glassbox-report", "rocket-efficientnet-lite0");
  assert.deepEqual(fs.readdirSync(report).sort(), [".glassbox", "grad-cam.png", "report.html"]);
});

test("TensorFlow.js in WebAssembly runs from the package's dependencies as well", () => {
  const samples = "node_modules/glassbox/samples/vision";
  const { stdout } = glassbox.run(
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

test("the package holds the bundles of terminal and library, licences and samples, and what its README shows and links", () => {
  const names = fs
    .readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(installed, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
  for (const name of [
    "LICENSE",
    "CHANGELOG.md",
    "dist/glassbox.mjs",
    "dist/glassbox.d.ts",
    "dist/THIRD-PARTY-NOTICES.txt",
    "samples/vision/README.md",
  ])
    assert.ok(names.includes(name), name);
  assert.deepEqual(
    names.filter((name) =>
      /\.map$|(?<!^dist\/glassbox\.d)\.tsx?$|^(src|scripts|webview)\/|^dist\/(webview|node_modules|surfaces|language)/.test(
        name,
      ),
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
