// Runs the extension host's tests in a desktop VS Code that @vscode/test-electron downloads. Needs a network and a display.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildAll } from "./build.mjs";
import { root } from "./bundles.mjs";
import { emptyTally } from "./tally.mjs";
import { buildHostTests } from "./vscode-tests.mjs";

async function download() {
  const { downloadAndUnzipVSCode } = await import("@vscode/test-electron");
  try {
    return await downloadAndUnzipVSCode({
      version: process.env.GLASSBOX_DESKTOP_VERSION ?? "stable",
      cachePath: path.join(root, ".vscode-test"),
    });
  } catch (error) {
    console.error(`A desktop VS Code could not be downloaded (${error.message}).`);
    console.error(
      "It comes from Microsoft's servers, not from npm. Without a network: npm run test:vscode runs the same tests in a VS Code from npm.",
    );
    return undefined;
  }
}

export async function runDesktopTests() {
  await buildAll({ say: console.error });
  await buildHostTests();
  const vscodeExecutablePath = await download();
  if (!vscodeExecutablePath) return { status: 1, ...emptyTally(), failed: 1 };
  const { runTests } = await import("@vscode/test-electron");
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-desktop-"));
  const results = path.join(scratch, "results.json");
  const status = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(root, "dist-test", "host", "index.cjs"),
    extensionTestsEnv: { GLASSBOX_HOST_RESULTS: results, ORT_DISABLE_TELEMETRY: "1" },
    launchArgs: [path.join(root, "samples"), "--disable-extensions", `--user-data-dir=${path.join(scratch, "data")}`],
  }).catch((error) => {
    console.error(error.message);
    return 1;
  });
  const outcomes = fs.existsSync(results) ? JSON.parse(fs.readFileSync(results, "utf8")) : [];
  fs.rmSync(scratch, { recursive: true, force: true });
  for (const { title, outcome, error } of outcomes)
    console.log(`${outcome.padEnd(8)} ${title}${error ? `\n${error}` : ""}`);
  const count = (wanted) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  const failed = count("failed") || (status === 0 && outcomes.length > 0 ? 0 : 1);
  return { ...emptyTally(), status, passed: count("passed"), failed, skipped: count("skipped") };
}
