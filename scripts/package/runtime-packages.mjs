// Packages that cannot be bundled, because they load a file next to themselves: copied for one platform each.
import fs from "node:fs";
import path from "node:path";
import { root } from "../bundles.mjs";

/** The platforms that a VSIX is made for, in VS Code's names. */
export const TARGETS = ["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64", "win32-arm64"];

/** A package's files and folders, as paths inside it. */
const packages = (target) => ({
  "onnxruntime-node": ["package.json", "dist", ...onnxRuntime(target)],
  "onnxruntime-common": ["package.json", "dist/cjs", "dist/esm"],
  "@tensorflow/tfjs-core": ["package.json", "dist/tf-core.node.js"],
  "@tensorflow/tfjs-backend-wasm": [
    "package.json",
    "dist/tf-backend-wasm.node.js",
    ...["", "-simd", "-threaded-simd"].map((kind) => `dist/tfjs-backend-wasm${kind}.wasm`),
  ],
  h5wasm: ["package.json", "LICENSE.txt", "dist/esm/hdf5_hl.js", "dist/esm/hdf5_util.js"],
  seedrandom: ["package.json", "index.js", "seedrandom.js", "lib"],
});

/** The package holds the libraries of all platforms, and CUDA's where its install script has fetched them. */
function onnxRuntime(target) {
  const folder = `bin/napi-v6/${target.replace("-", "/")}`;
  return (
    fs
      .readdirSync(path.join(root, "node_modules/onnxruntime-node", folder))
      .filter((file) => !/_providers_/.test(file))
      // macOS has the library twice; the binding asks for libonnxruntime.1.dylib.
      .filter((file) => !/^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(file))
      .map((file) => `${folder}/${file}`)
  );
}

const wanted = (file) => !/\.map$|\.d\.[mc]?ts$/.test(file);

/**
 * @param {string} target one of TARGETS
 * @param {string} folder node_modules is written into it
 * @returns {string[]} the folders that the packages were copied from
 */
export function copyRuntimePackages(target, folder) {
  return Object.entries(packages(target)).map(([name, files]) => {
    const source = path.join(root, "node_modules", name);
    for (const file of files)
      fs.cpSync(path.join(source, file), path.join(folder, "node_modules", name, file), {
        recursive: true,
        dereference: true,
        filter: wanted,
      });
    return source;
  });
}
