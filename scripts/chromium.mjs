// Where Chromium is. It cannot come from the npm registry, so a person installs it once.
import { spawnSync } from "node:child_process";
import fs from "node:fs";

const USUAL = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** @returns {string | undefined} its path, or undefined after saying how to install it */
export function findChromium() {
  const found = [process.env.GLASSBOX_CHROMIUM, ...USUAL].find((file) => file && fs.existsSync(file));
  if (found) return found;
  const asRoot = process.getuid?.() === 0 || spawnSync("sudo", ["-V"], { stdio: "ignore" }).error !== undefined;
  console.error(
    process.platform === "linux"
      ? `The tests of VS Code need Chromium. Install it with: ${asRoot ? "" : "sudo "}apt-get install -y chromium`
      : "The tests of VS Code need Chrome or Chromium; GLASSBOX_CHROMIUM may name its executable.",
  );
  return undefined;
}
