// Draws media/icon.png, which VS Code and the Marketplace show, from media/icon.svg. It needs Chromium, as the tests do.
// usage: node scripts/draw-icon.mjs
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import { root } from "./bundles.mjs";
import { findSystemTools } from "./system-tools.mjs";

const SIZE = 256;

const tools = findSystemTools();
if (!tools) process.exit(1);
const browser = await chromium.launch({ executablePath: tools.chromium, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } });
const svg = fs.readFileSync(path.join(root, "media", "icon.svg"), "utf8");
await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${SIZE}px }</style>${svg}`);
await page.screenshot({ path: path.join(root, "media", "icon.png"), omitBackground: true });
await browser.close();
