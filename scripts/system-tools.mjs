// What the tests of VS Code need of the system: it cannot come from the npm registry, so a person installs it once.
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

const chromium = () => [process.env.GLASSBOX_CHROMIUM, ...USUAL].find((file) => file && fs.existsSync(file));

/** VS Code 1.100 finds files with it; on other platforms than Linux its search is not tested. */
const hasRipgrep = () => process.platform !== "linux" || fs.existsSync("/usr/bin/rg");

/** @returns {{ chromium: string } | undefined} where they are, or undefined after saying how to install what is missing */
export function findSystemTools() {
  const found = chromium();
  if (found && hasRipgrep()) return { chromium: found };
  if (process.platform !== "linux") {
    console.error("The tests of VS Code need Chrome or Chromium; GLASSBOX_CHROMIUM may name its executable.");
    return undefined;
  }
  const missing = [...(found ? [] : ["chromium"]), ...(hasRipgrep() ? [] : ["ripgrep"])];
  const asRoot = process.getuid?.() === 0 || spawnSync("sudo", ["-V"], { stdio: "ignore" }).error !== undefined;
  console.error(
    `The tests of VS Code need ${missing.join(" and ")}. Install with: ${asRoot ? "" : "sudo "}apt-get install -y ${missing.join(" ")}`,
  );
  return undefined;
}
