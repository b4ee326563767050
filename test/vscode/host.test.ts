import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { launchBrowser, newContext } from "../browser/browser.ts";
import { hangingWork } from "../browser/hanging.ts";
import { workbenchUrl } from "./harness.ts";
import type { HostResult } from "./host/result.ts";
import { ROOT } from "./installation.ts";
import { startServer } from "./server.ts";

const LIMIT = hangingWork;

/** Runs dist-test/host in the extension host that VS Code's server starts for a page. */
async function runInHost(results: string, workspace: string): Promise<string> {
  const server = await startServer({ extension: "development", environment: { GLASSBOX_HOST_RESULTS: results } });
  const browser = await launchBrowser();
  const lines: string[] = [];
  try {
    const page = await (await newContext(browser)).newPage();
    page.on("console", (message) => lines.push(message.text()));
    const exit = new Promise<number>(
      (resolve) => void page.exposeFunction("codeAutomationExit", (code: number) => resolve(code)),
    );
    await page.exposeFunction("codeAutomationLog", (type: string, said: unknown[]) =>
      lines.push(`${type} ${said.join(" ")}`),
    );
    const remote = (file: string): string => `vscode-remote://127.0.0.1:${server.port}${file}`;
    await page.goto(
      workbenchUrl(server, workspace, [
        ["extensionDevelopmentPath", remote(ROOT)],
        ["extensionTestsPath", remote(path.join(ROOT, "dist-test/host/index.cjs"))],
        ["skipWelcome", "true"],
        ["skipReleaseNotes", "true"],
      ]),
    );
    const code = await Promise.race([exit, sleep(LIMIT, undefined, { ref: false })]);
    return `exit code ${code ?? "none"}\n${lines.slice(-40).join("\n")}\n${server.logs()}`;
  } finally {
    await browser.close();
    await server.stop();
  }
}

test("in the extension host", async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-host-"));
  const results = path.join(folder, "results.json");
  const workspace = path.join(folder, "workspace");
  fs.mkdirSync(workspace);
  fs.writeFileSync(path.join(workspace, "model.onnx"), "");
  const account = await runInHost(results, workspace);
  assert.ok(fs.existsSync(results), `The host ended without results.\n${account}`);
  const outcomes = JSON.parse(fs.readFileSync(results, "utf8")) as HostResult[];
  fs.rmSync(folder, { recursive: true });
  assert.ok(outcomes.length > 0);
  for (const { title, outcome, error } of outcomes) {
    await t.test(title, { skip: outcome === "skipped" }, () => assert.equal(outcome, "passed", error));
  }
});
