import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, afterEach, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, FrameLocator, Page } from "playwright-core";
import { EngineClient } from "../../src/client/engine-client.ts";
import { engineSettings } from "../../src/client/engine-settings.ts";
import { PANELS, type PanelName } from "../../src/extension/manifest/panels.ts";
import { PanelHost } from "../../src/extension/panels/host.ts";
import type { Intent } from "../../src/extension/panels/row.ts";
import { panelWindow } from "../../src/extension/panels/window.ts";
import { walkthroughSurface } from "../../src/extension/walkthrough/walkthrough-command.ts";
import { hanging } from "../browser/hanging.ts";
import { launchBrowser, newContext } from "../browser/browser.ts";
import { makeWorkspace, type WorkspaceContent } from "../workspace.ts";
import { setTheme, themeNamed, THEMES, type Theme } from "./themes.ts";
import { desk } from "./window/desk.ts";
import type { PagePanel } from "./window/page-panel.ts";
import { startPageServer, type PageServer } from "./window/page-server.ts";
import { Uri } from "./window/uri.ts";

const ROOT = process.env.GLASSBOX_ROOT!;

/** The panels of a test file in a plain page: their real hosts, bundles and engine, without VS Code around them. */
export interface Panels {
  readonly page: Page;
  /** The document of the panel that is shown. */
  readonly view: FrameLocator;
  readonly workspace: string;
  /** The engine's cache folder. */
  readonly cache: string;
  /** Opens a panel on a model of the workspace and shows it. */
  open(panel: Exclude<PanelName, "walkthrough">, model: string, intent?: Intent): Promise<FrameLocator>;
  openWalkthrough(id: string): Promise<FrameLocator>;
  /** Shows the panel that another panel has opened, once it has. */
  showLast(panel: PanelName): Promise<FrameLocator>;
  /** Resolves when the host remembers something with `text` in it. */
  saved(text: string): Promise<void>;
  /** Closes the panel that is shown and restores it from what its page saved, as VS Code does after a reload. */
  restore(): Promise<FrameLocator>;
  /** Closes the panel that is shown. */
  close(): void;
  theme(theme: Theme): Promise<void>;
  width(width: number, height?: number): Promise<void>;
  /** Writes report/page/<name>.png. */
  screenshot(name: string): Promise<void>;
}

/** What the hosts take of VS Code, by their own types. */
type Memento = ConstructorParameters<typeof PanelHost>[2];
type Services = Parameters<typeof panelWindow>[0];
type WebviewPanel = Parameters<PanelHost["restore"]>[1];

function memento(): Memento {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: (key: string, otherwise?: unknown) => kept.get(key) ?? otherwise,
    update: async (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
  } as Memento;
}

const context = (storage: string): Services["context"] =>
  ({
    extensionPath: ROOT,
    extensionUri: Uri.file(ROOT),
    globalStorageUri: Uri.file(storage),
    globalState: memento(),
    workspaceState: memento(),
  }) as unknown as Services["context"];

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 80);
const reportFile = (name: string): string => path.join(ROOT, "report", "page", name);

/**
 * Gives a test file a page of its own with one engine and one empty cache, before its first test. A failed test leaves a
 * picture and what the page's console and the engine have said in report/page/.
 */
export function usePanels(content: WorkspaceContent = {}): Panels {
  const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
  // Told to the engine's process as well, so that it can be found by it.
  process.env.GLASSBOX_CACHE = cache;
  const lines: string[] = [];
  const engine = new EngineClient(
    () => engineSettings({ cache }),
    (line) => lines.push(line),
    path.join(ROOT, "dist", "engine.mjs"),
  );
  const given = context(path.join(cache, "storage"));
  const host = new PanelHost(
    panelWindow({ context: given, engine, log: { show: () => undefined } as unknown as Services["log"] }),
    engine,
    given.workspaceState,
  );
  const walkthroughs = walkthroughSurface({ context: given, engine });
  let started: { readonly browser: Browser; readonly page: Page; readonly server: PageServer } | undefined;
  let shownPanel: PagePanel | undefined;
  const running = () => {
    if (!started) throw new Error("The page is there from the first test of the file on, not while it is loaded.");
    return started;
  };
  const view = (): FrameLocator => running().page.frameLocator("#active-frame");

  async function show(panel: PagePanel): Promise<FrameLocator> {
    const { page } = running();
    shownPanel = panel;
    await page.goto(panel.address);
    await view().locator("#root").waitFor({ state: "attached" });
    return view();
  }

  const screenshot = async (name: string): Promise<void> => {
    fs.mkdirSync(path.dirname(reportFile(name)), { recursive: true });
    await running().page.screenshot({ path: reportFile(`${name}.png`) });
  };

  before(async () => {
    desk.workspace = makeWorkspace(content);
    const server = await startPageServer();
    desk.create = server.create;
    const browser = await launchBrowser();
    const page = await (await newContext(browser)).newPage();
    page.on("console", (message) => lines.push(`${message.type()} ${message.text()}`));
    page.on("pageerror", (error) => lines.push(`pageerror ${error.stack ?? error.message}`));
    started = { browser, page, server };
    desk.theme = themeNamed(THEMES[0]);
  });
  afterEach(async (test) => {
    if (!started || !("passed" in test) || test.passed !== false) return;
    const name = `failed-${slug(test.name)}`;
    await screenshot(name).catch(() => undefined);
    fs.writeFileSync(reportFile(`${name}.log`), lines.join("\n"));
  });
  after(async () => {
    await started?.browser.close();
    started?.server.stop();
    engine.stop();
    for (const folder of [cache, desk.workspace]) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  return {
    get page() {
      return running().page;
    },
    get view() {
      return view();
    },
    get workspace() {
      return desk.workspace;
    },
    cache,
    async open(name, model, intent) {
      host.open(name, path.resolve(desk.workspace, model), intent);
      return show(desk.panels.at(-1)!);
    },
    async openWalkthrough(id) {
      await walkthroughs.commands.openWalkthrough(id);
      return show(desk.panels.at(-1)!);
    },
    async showLast(name) {
      for (const end = Date.now() + hanging; desk.panels.at(-1)!.viewType !== PANELS[name]; await sleep(20))
        if (Date.now() > end) throw new Error(`No panel ${name} was opened.`);
      return show(desk.panels.at(-1)!);
    },
    async saved(text) {
      const { workspaceState, globalState } = given;
      const kept = (): string =>
        JSON.stringify([workspaceState, globalState].map((each) => each.keys().map((key) => each.get(key))));
      for (const end = Date.now() + hanging; !kept().includes(text); await sleep(20))
        if (Date.now() > end) throw new Error(`What is remembered never contained ${text}.`);
    },
    async restore() {
      const { viewType, state } = shownPanel!;
      shownPanel!.dispose();
      const panel = desk.create(viewType, "");
      desk.panels.push(panel);
      const name = (Object.keys(PANELS) as PanelName[]).find((each) => PANELS[each] === viewType)!;
      const whole = panel as unknown as WebviewPanel;
      if (name === "walkthrough")
        await walkthroughs.panels.walkthrough(whole, state as { readonly walkthrough?: unknown });
      else host.restore(name, whole, state);
      return show(panel);
    },
    close: () => shownPanel?.dispose(),
    theme: (theme) => setTheme(running().page, theme),
    width: (width, height = 900) => running().page.setViewportSize({ width, height }),
    screenshot,
  };
}
