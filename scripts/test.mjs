// npm test                       everything: units, panels in a page, then a real VS Code in its newest and its oldest supported version
// npm test unit [path …]         what is tested beside the code, or at these paths, e.g. npm test unit src/graph test/cli
// npm test page [path …]         panels in a plain Chromium page, e.g. npm test page test/page/unit
// npm test vscode [version …]    VS Code only, e.g. npm test vscode newest; a version that is named runs every file
// npm test desktop               the extension host's tests in a desktop VS Code, which is downloaded
import { installPackages } from "./install.mjs";

installPackages();
const [kind = "all", ...rest] = process.argv.slice(2);
const started = Date.now();

/** The inner loop; what lies in test/ runs whole processes, real models and oracles. */
const besideTheCode = ["src", "webview"];

const unit = () => units(rest.length > 0 ? rest : besideTheCode);

async function units(prefixes) {
  const { runUnitTests } = await import("./unit-tests.mjs");
  return [{ name: "units", ...(await runUnitTests(prefixes)) }];
}

async function page(prefixes = rest) {
  const { runPageTests } = await import("./page-tests.mjs");
  return [{ name: "panels in a page", ...(await runPageTests(prefixes)) }];
}

async function vscode() {
  const { runVSCodeTests } = await import("./vscode-tests.mjs");
  return runVSCodeTests(rest);
}

async function desktop() {
  const { runDesktopTests } = await import("./desktop-tests.mjs");
  return [{ name: "desktop VS Code", ...(await runDesktopTests()) }];
}

async function all() {
  const { findSystemTools } = await import("./system-tools.mjs");
  // Said before the minutes that the rest takes, not after.
  if (!findSystemTools()) {
    const { emptyTally } = await import("./tally.mjs");
    return [{ name: "VS Code", status: 1, ...emptyTally(), failed: 1 }];
  }
  const { buildAll } = await import("./build.mjs");
  await buildAll({ say: console.error });
  return [...(await units([])), ...(await page([])), ...(await vscode())];
}

const KINDS = { all, unit, page, vscode, desktop };
if (!(kind in KINDS)) {
  console.error(`There are no ${kind} tests; choose ${Object.keys(KINDS).join(", ")}.`);
  process.exit(2);
}
const outcomes = await KINDS[kind]();
const { timeReport } = await import("./time-report.mjs");
console.log(
  timeReport({ files: outcomes.flatMap(({ files }) => files), tests: outcomes.flatMap(({ tests }) => tests) }),
);
const sum = (key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
for (const { name, passed, failed, skipped } of outcomes)
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
console.log(`In ${((Date.now() - started) / 1000).toFixed(0)} s:`);
console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exit(outcomes.some(({ status, failed }) => status !== 0 || failed > 0) ? 1 : 0);
