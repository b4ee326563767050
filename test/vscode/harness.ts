import fs from "node:fs";
import path from "node:path";
import { after, afterEach, before } from "node:test";
import type { Browser, Page } from "playwright-core";
import { makeWorkspace, type WorkspaceContent } from "../workspace.ts";
import { launchBrowser, newContext } from "../browser/browser.ts";
import { ROOT, VSCODE_NAME } from "./installation.ts";
import { type Server, type ServerOptions, startServer } from "./server.ts";
import type { Settings } from "./settings.ts";
import { ready } from "./workbench.ts";

export interface GlassboxOptions extends WorkspaceContent {
  readonly settings?: Settings;
  readonly extension?: ServerOptions["extension"];
  readonly asksForTrust?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** One workbench, shared by the tests of a file. Its members are set when the first test begins. */
export interface Glassbox {
  readonly page: Page;
  readonly server: Server;
  /** The workspace's folder on disk: a copy, the tests may change it. */
  readonly workspace: string;
  /** What the page's console has said, oldest first. */
  readonly console: readonly string[];
  /** Writes report/<version>/<name>.png. */
  screenshot(name: string): Promise<void>;
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 80);
const reportFile = (name: string): string => path.join(ROOT, "report", VSCODE_NAME, name);

export const workbenchUrl = (
  server: Server,
  folder: string,
  payload: readonly (readonly [string, string])[] = [],
): string => {
  const url = new URL(server.url);
  url.searchParams.set("folder", folder);
  if (payload.length) url.searchParams.set("payload", JSON.stringify(payload));
  return url.href;
};

/**
 * Gives a test file a real VS Code with Glassbox installed, on a workspace of its own, before its first test. Starting
 * takes five to ten seconds, so a file's tests share one and close their editors. A failed test leaves a picture and the
 * logs in report/.
 */
export function useGlassbox(options: GlassboxOptions = {}): Glassbox {
  let browser: Browser | undefined;
  let session: { page: Page; server: Server } | undefined;
  let workspace = "";
  const lines: string[] = [];
  const started = () => {
    if (!session) throw new Error("VS Code starts before the first test of the file, not while the file is loaded.");
    return session;
  };
  const screenshot = async (name: string): Promise<void> => {
    fs.mkdirSync(path.dirname(reportFile(name)), { recursive: true });
    await started().page.screenshot({ path: reportFile(`${name}.png`) });
  };

  before(async () => {
    workspace = makeWorkspace(options);
    const server = await startServer({
      settings: options.settings ?? {},
      extension: options.extension ?? "installed",
      asksForTrust: options.asksForTrust ?? false,
    });
    browser = await launchBrowser();
    const page = await (await newContext(browser, options.viewport)).newPage();
    session = { page, server };
    page.on("console", (message) => lines.push(`${message.type()} ${message.text()}`));
    page.on("pageerror", (error) => lines.push(`pageerror ${error.stack ?? error.message}`));
    await page.goto(workbenchUrl(server, workspace));
    await ready(page);
  });
  afterEach(async (context) => {
    if (!session || !("passed" in context) || context.passed !== false) return;
    const name = `failed-${slug(context.name)}`;
    await screenshot(name).catch(() => undefined);
    fs.writeFileSync(reportFile(`${name}.log`), `${lines.join("\n")}\n${session.server.logs()}`);
  });
  after(async () => {
    await browser?.close();
    await session?.server.stop();
    if (workspace) fs.rmSync(workspace, { recursive: true, force: true });
  });

  return {
    get page() {
      return started().page;
    },
    get server() {
      return started().server;
    },
    get workspace() {
      return workspace;
    },
    console: lines,
    screenshot,
  };
}
