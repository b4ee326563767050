import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { type Unzipped, unzipSync } from "fflate";
import { decodeImage } from "../../src/data/image/decode.ts";
import { makeVsix, TARGET } from "./make-vsix.ts";

const root = process.env.GLASSBOX_ROOT!;
const LIBRARY = /\.(node|dll|dylib|so(\.\d+)*)$/;
const libraries = `dist/node_modules/onnxruntime-node/bin/napi-v6/${TARGET.replace("-", "/")}/`;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-vsix-"));
/** As VS Code unpacks it, far from the repository. */
const extension = path.join(folder, "extension");
let size = 0;
/** By path inside the extension's folder. */
let files: Unzipped = {};
let names: readonly string[] = [];

before(() => {
  const bytes = fs.readFileSync(makeVsix(root, folder));
  const inside = Object.entries(unzipSync(bytes)).filter(([name]) => name.startsWith("extension/"));
  size = bytes.length;
  files = Object.fromEntries(inside.map(([name, content]) => [name.replace("extension/", ""), content]));
  names = Object.keys(files);
  for (const name of names) {
    fs.mkdirSync(path.dirname(path.join(extension, name)), { recursive: true });
    fs.writeFileSync(path.join(extension, name), files[name]!);
  }
});
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const text = (name: string): string => {
  assert.ok(files[name], `${name} is in the package`);
  return Buffer.from(files[name]).toString("utf8");
};

test("it has at most 45 MB", () => {
  console.log(`${TARGET}: ${(size / 1e6).toFixed(1)} MB`);
  assert.ok(size <= 45e6);
});

test("its native libraries are this platform's, without CUDA's", () => {
  const native = names.filter((name) => LIBRARY.test(name));
  assert.ok(native.some((name) => name.endsWith("/onnxruntime_binding.node")));
  assert.deepEqual(
    native.filter((name) => !name.startsWith(libraries) || /providers/.test(name)),
    [],
  );
});

test("it holds no source, source map, test or tool of the repository, and not the library", () => {
  assert.deepEqual(
    names.filter((name) =>
      /\.map$|\.tsx?$|\.test\.|^dist\/glassbox\.|^(src|test|scripts|webview|bench|node_modules)\//.test(name),
    ),
    [],
  );
  for (const name of names.filter((each) => /^dist\/(webview\/)?[^/]+\.(js|mjs|cjs)$/.test(each)))
    assert.doesNotMatch(text(name), /sourceMappingURL=/, name);
});

/** Packages by name: what esbuild reads for the bundles, and what lies unbundled in the package. */
async function packagesInside(): Promise<Set<string>> {
  const { bundles } = (await import(pathToFileURL(path.join(root, "scripts/bundles.mjs")).href)) as {
    bundles(wanted: { production: boolean }): { options: BuildOptions }[];
  };
  const results = await Promise.all(bundles({ production: true }).map(({ options }) => build(options)));
  const read = results.flatMap(({ metafile }) =>
    Object.values(metafile!.outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).filter((file) => inputs[file]!.bytesInOutput > 0),
    ),
  );
  const package_ = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/;
  return new Set([...read, ...names].flatMap((file) => package_.exec(file)?.[1] ?? []));
}

test("the notices have a licence for every package inside, the codecs and the samples", async () => {
  const notices = text("THIRD-PARTY-NOTICES.txt");
  const packages = await packagesInside();
  for (const name of ["onnxruntime-node", "@tensorflow/tfjs-core", "preact", "chart.js", "yaml", "fflate"])
    assert.ok(packages.has(name), `${name} is inside`);
  for (const name of [...packages, "@cwasm/jpeg-turbo", "@cwasm/webp"]) {
    const heading = new RegExp(`={80}\\n${name} \\d\\S*\\nLicence: \\S.*\\n(From: .*\\n)?={80}\\n\\n(?!={80})\\S`);
    assert.match(notices, heading, name);
  }
  assert.match(notices, /samples\/vision\nLicence: .*\n={80}\n\n# Vision sample/);
  for (const card of names.filter((name) => /^samples\/[^/]+\/README\.md$/.test(name)))
    assert.ok(notices.includes(text(card).trim()), `${card} is among the notices`);
  assert.match(text("LICENSE.txt"), /^MIT License/);
});

test("the README says what the repository's says, without a picture or link that VS Code cannot follow from there", () => {
  const readme = text("readme.md");
  assert.doesNotMatch(readme, /\]\((?!https:|mailto:|#)/);
  const words = (markdown: string): string[] => markdown.split("\n").filter((line) => line && !line.startsWith("!["));
  const plain = (line: string): string => line.replace(/\[([^\]]*)\]\([^)\s]+\)/g, "$1");
  const original = fs.readFileSync(path.join(root, "README.md"), "utf8");
  assert.deepEqual(words(readme).map(plain), words(original).map(plain));
});

test("what its manifest names is there, and nothing is left for npm to do", () => {
  const manifest = JSON.parse(text("package.json")) as Record<string, unknown> & {
    main: string;
    icon: string;
    contributes: unknown;
  };
  for (const field of ["dependencies", "devDependencies", "peerDependencies", "scripts"])
    assert.equal(manifest[field], undefined, field);
  const named = [...JSON.stringify(manifest.contributes).matchAll(/"(?:\.\/)?(media\/[^"]+)"/g)].map(
    ([, file]) => file!,
  );
  assert.ok(named.length > 3);
  for (const file of [manifest.main.replace("./", ""), manifest.icon, ...named]) assert.ok(files[file], file);
  const { image } = decodeImage(files[manifest.icon]!, manifest.icon);
  assert.ok(image.width === image.height && image.width >= 128);
});

test("both runtimes run from the extension's folder alone", () => {
  const { GLASSBOX_ROOT: _, ...environment } = process.env;
  for (const runtime of ["onnxruntime", "tensorflow"]) {
    const ran = spawnSync(
      process.execPath,
      [
        path.join(extension, "dist/cli.mjs"),
        ...["explain", "samples/vision/efficientnet-lite0.onnx", "samples/vision/coffee.png"],
        ...["--method", "gradient", "--runtime", runtime, "--out", path.join(folder, runtime)],
      ],
      { cwd: extension, encoding: "utf8", env: { ...environment, GLASSBOX_CACHE: path.join(folder, "cache") } },
    );
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, /^ {2}espresso +84\.\d %/m, runtime);
  }
});
