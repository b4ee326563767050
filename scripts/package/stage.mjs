// Lays out what a VSIX contains, in a folder of its own: nothing is packaged that is not named here.
import fs from "node:fs";
import path from "node:path";
import { root } from "../bundles.mjs";
import { packagesInDist, thirdPartyNotices } from "./notices.mjs";
import { readmeWithoutAddresses } from "./readme.mjs";
import { copyRuntimePackages } from "./runtime-packages.mjs";

const COPIED = ["CHANGELOG.md", "LICENSE", "media", "samples", "walkthroughs"];

/** What npm needs; VS Code takes the extension as it is. */
const NPM_FIELDS = [
  "bin",
  "exports",
  "files",
  "scripts",
  "dependencies",
  "devDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
];

/** The README shows its screenshots from the web, if at all. A results folder is what someone's run has left. */
const wanted = (file) =>
  !/^media\/screenshots|\.results$|\/\.[^/]+$/.test(path.relative(root, file).replaceAll(path.sep, "/"));

const json = (file) => JSON.parse(fs.readFileSync(file, "utf8"));

/**
 * @param {string} folder empty
 * @param {{ target: string, built: string, results: readonly import("esbuild").BuildResult[] }} what `built`: the folder that holds dist/
 */
export function stage(folder, { target, built, results }) {
  const library = path.join(built, "dist", "glassbox.mjs");
  fs.cpSync(path.join(built, "dist"), path.join(folder, "dist"), {
    recursive: true,
    filter: (file) => file !== library,
  });
  for (const file of COPIED)
    fs.cpSync(path.join(root, file), path.join(folder, file), { recursive: true, filter: wanted });
  const copied = copyRuntimePackages(target, path.join(folder, "dist"));
  const folders = [...packagesInDist(results), ...copied];
  const write = (file, content) => fs.writeFileSync(path.join(folder, file), content);
  write("THIRD-PARTY-NOTICES.txt", thirdPartyNotices({ folders, windows: target.startsWith("win32") }));
  const manifest = json(path.join(root, "package.json"));
  const readme = fs.readFileSync(path.join(root, "README.md"), "utf8");
  write("README.md", manifest.repository ? readme : readmeWithoutAddresses(readme));
  for (const field of NPM_FIELDS) delete manifest[field];
  write("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
  // Empty: vsce warns where there is none.
  write(".vscodeignore", "");
}
