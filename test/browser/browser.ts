import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { hanging } from "./hanging.ts";

const ARGUMENTS = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--font-render-hinting=none",
  "--force-color-profile=srgb",
  "--hide-scrollbars",
];

/** Chromium as the distribution has it; GLASSBOX_CHROMIUM (set by scripts/test.mjs) says where. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.GLASSBOX_CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });

/** Below 1440 pixels of width a walkthrough hides its pictures. */
export async function newContext(browser: Browser, { width = 1440, height = 900 } = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: 1,
    colorScheme: "dark",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(hanging);
  return context;
}
