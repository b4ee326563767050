// THIRD-PARTY-NOTICES.txt: the licence of each package that is inside what people install, from the package's own files.
import fs from "node:fs";
import path from "node:path";
import { BESIDE, root } from "../bundles.mjs";

const LICENSE_FILE = /^(licen[cs]e|copying|notice|third-?party-?notices)(\.(md|txt))?$/i;

/** Texts in licenses/: of packages that carry none of their own, and of what a package was compiled from. */
const TEXTS = {
  "onnxruntime-node": ["onnxruntime", "onnxruntime-third-party"],
  "onnxruntime-common": ["onnxruntime"],
  "@tensorflow/tfjs-core": ["apache-2.0"],
  "@tensorflow/tfjs-backend-wasm": ["apache-2.0"],
  seedrandom: ["seedrandom"],
  "@cwasm/jpeg-turbo": ["cwasm", "libjpeg-turbo", "musl"],
  "@cwasm/webp": ["cwasm", "libwebp", "musl"],
};

/** Libraries of Windows alone, next to ONNX Runtime's. */
const WINDOWS = {
  "DirectML.dll": { license: "Microsoft Software License Terms", texts: ["directml"] },
  "dxcompiler.dll, dxil.dll": { license: "NCSA, Microsoft Software License Terms", texts: ["directx-shader-compiler"] },
};

const read = (...parts) => fs.readFileSync(path.join(root, ...parts), "utf8").trim();
const text = (name) => read("scripts", "package", "licenses", `${name}.txt`);

/**
 * The folders of the packages that dist/ is made of: bundled code, and files copied next to it.
 * @param {readonly import("esbuild").BuildResult[]} results with metafiles
 * @returns {string[]} absolute
 */
export function packagesInDist(results) {
  const bundled = results.flatMap(({ metafile }) =>
    Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([file]) => file),
    ),
  );
  const folders = [...bundled, ...Object.values(BESIDE)].flatMap(
    (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  );
  return [...new Set(folders)].map((folder) => path.resolve(root, folder));
}

/** @param {string} folder of a package @returns {{ name: string, license: string, from?: string, texts: string[] }} */
function packageNotice(folder) {
  const { name, version, license, homepage, repository } = JSON.parse(
    fs.readFileSync(path.join(folder, "package.json"), "utf8"),
  );
  const own = fs
    .readdirSync(folder)
    .filter((file) => LICENSE_FILE.test(file))
    .sort()
    .map((file) => fs.readFileSync(path.join(folder, file), "utf8").trim());
  const texts = [...own, ...(TEXTS[name] ?? []).map(text)];
  if (texts.length === 0 || typeof license !== "string")
    throw new Error(`${name} carries no licence; add its text to scripts/package/licenses and name it in notices.mjs.`);
  return { name: `${name} ${version}`, license, from: homepage ?? repository?.url ?? repository, texts };
}

const windowsNotices = () =>
  Object.entries(WINDOWS).map(([name, { license, texts }]) => ({ name, license, texts: texts.map(text) }));

/** A card names the source and licence of each file in its folder of samples. */
const sampleNotices = () =>
  fs
    .readdirSync(path.join(root, "samples"))
    .filter((folder) => fs.existsSync(path.join(root, "samples", folder, "README.md")))
    .map((folder) => ({
      name: `samples/${folder}`,
      license: "its card says for each file",
      texts: [read("samples", folder, "README.md")],
    }));

const RULE = "=".repeat(80);

function section({ name, license, from, texts }) {
  return [RULE, name, `Licence: ${license}`, ...(from ? [`From: ${from}`] : []), RULE, "", texts.join("\n\n"), ""];
}

/**
 * @param {{ folders: readonly string[], windows?: boolean }} inside `folders`: of all packages that are bundled or copied
 * @returns {string}
 */
export function thirdPartyNotices({ folders, windows = false }) {
  const packages = folders.map(packageNotice).sort((a, b) => (a.name < b.name ? -1 : 1));
  const all = [...packages, ...(windows ? windowsNotices() : []), ...sampleNotices()];
  const opening =
    "Glassbox contains the software and data listed here. Each has a licence of its own, which follows it.";
  return [opening, "", ...all.map(({ name, license }) => `- ${name} (${license})`), "", ...all.flatMap(section)].join(
    "\n",
  );
}
