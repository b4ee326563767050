// A thousand mixed requests to one engine: what the client holds after each hundred. Fails if the client's memory
// grows by more than 50 MB after the first two hundred.
// usage: node --expose-gc scripts/soak.mjs [requests = 1000]
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./bundles.mjs";

const MOST_GROWTH = 50 * 2 ** 20;
const WARM = 200;

if (!globalThis.gc) {
  console.error("Run it with node --expose-gc, so that only what is held is counted.");
  process.exit(2);
}
const requests = Number(process.argv[2] ?? 1000);
const { status } = spawnSync(process.execPath, [path.join(root, "scripts", "build.mjs")], { stdio: "inherit" });
if (status !== 0) process.exit(1);
const { open } = await import(pathToFileURL(path.join(root, "dist", "glassbox.mjs")).href);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-soak-"));
const samples = path.join(root, "samples", "vision");
const model = await open(path.join(samples, "efficientnet-lite0.onnx"), {
  cache: path.join(folder, "cache"),
  memory: 1,
});
const picture = path.join(samples, "chelsea.png");
// Those that answer at once, so that a thousand take minutes.
const asks = (await model.analyses()).filter(({ takes, quick }) => takes === "picture" && quick).map(({ id }) => id);

function held() {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

let warm;
let most = 0;
for (let i = 1; i <= requests; i++) {
  await model.ask(asks[i % asks.length], { picture });
  if (i % 100 !== 0) continue;
  const now = held();
  if (i >= WARM) warm ??= now;
  if (warm !== undefined) most = Math.max(most, now - warm);
  console.log(`${i} requests: the client holds ${(now / 2 ** 20).toFixed(1)} MB`);
}
await model.close();
fs.rmSync(folder, { recursive: true, force: true });
console.log(`Growth after ${WARM} requests: ${(most / 2 ** 20).toFixed(1)} MB.`);
process.exit(most <= MOST_GROWTH ? 0 : 1);
