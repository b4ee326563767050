// Copies the packages that cannot be bundled into dist/node_modules, for one platform: a packaged extension has no other.
import fs from "node:fs";
import path from "node:path";
import { root } from "./bundles.mjs";

const keep =
  (...wanted) =>
  (file) =>
    !/\.(map|d\.ts)$/.test(file) &&
    wanted.some((each) => file === each || file.startsWith(`${each}/`) || each.startsWith(`${file}/`));
const wasm = (...kinds) => kinds.map((kind) => `dist/tfjs-backend-wasm${kind}.wasm`);

/** package -> which of its files (paths inside the package) are needed where a Node process loads it. */
const packages = (platform) => ({
  "onnxruntime-node": keep("package.json", "dist", `bin/napi-v6/${platform}`),
  "onnxruntime-common": keep("package.json", "dist/cjs", "dist/esm"),
  "@tensorflow/tfjs-core": keep("package.json", "dist/tf-core.node.js"),
  "@tensorflow/tfjs-backend-wasm": keep(
    "package.json",
    "dist/tf-backend-wasm.node.js",
    ...wasm("", "-simd", "-threaded-simd"),
  ),
  seedrandom: keep("package.json", "index.js", "seedrandom.js", "lib"),
  "@cwasm/jpeg-turbo": keep("package.json", "index.js", "jpeg-turbo.wasm"),
  "@cwasm/webp": keep("package.json", "index.js", "webp.wasm"),
  "@canvas/image-data": keep("package.json", "index.js"),
});

const size = (folder) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + fs.statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size, 0);

/** @param {string} platform as onnxruntime-node names its folders, e.g. linux/x64 @returns {number} bytes copied */
export function vendor(platform) {
  const target = path.join(root, "dist", "node_modules");
  fs.rmSync(target, { recursive: true, force: true });
  if (!fs.existsSync(path.join(root, "node_modules/onnxruntime-node/bin/napi-v6", platform))) {
    throw new Error(`onnxruntime-node has no binary for ${platform}.`);
  }
  for (const [name, wanted] of Object.entries(packages(platform))) {
    const source = path.join(root, "node_modules", name);
    const filter = (file) => file === source || wanted(path.relative(source, file).split(path.sep).join("/"));
    fs.cpSync(source, path.join(target, name), { recursive: true, dereference: true, filter });
  }
  return size(target);
}
