// What VS Code calls inside its extension host: as extensionTestsPath in the web server, and by @vscode/test-electron.
import fs from "node:fs";
import path from "node:path";
import type { Test } from "mocha";
import type { HostResult } from "./result.ts";

/** Runs every test file bundled beside this one; the results go to the file GLASSBOX_HOST_RESULTS names. */
export async function run(): Promise<void> {
  // Mocha is an ES module, and this bundle, which the host requires, is not.
  const { default: Mocha } = await import("mocha");
  const mocha = new Mocha({ ui: "tdd", color: false, timeout: 120_000 });
  for (const file of fs.readdirSync(__dirname).sort())
    if (file.endsWith(".test.cjs")) mocha.addFile(path.join(__dirname, file));
  await mocha.loadFilesAsync();
  const results: HostResult[] = [];
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on("pass", (test: Test) => results.push({ title: test.fullTitle(), outcome: "passed" }));
    runner.on("pending", (test: Test) => results.push({ title: test.fullTitle(), outcome: "skipped" }));
    runner.on("fail", (test: Test, error: Error) =>
      results.push({ title: test.fullTitle(), outcome: "failed", error: error.stack ?? String(error) }),
    );
  });
  const file = process.env.GLASSBOX_HOST_RESULTS;
  if (file) fs.writeFileSync(file, JSON.stringify(results));
  if (failures) throw new Error(`${failures} tests failed in the extension host.`);
}
