import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { useGlassbox } from "./harness.ts";
import { ROOT } from "./installation.ts";
import { pickTheme, THEMES } from "./themes.ts";
import { tinyCheckpoint } from "../tiny-checkpoint.ts";
import { webview } from "./webview.ts";
import { contextMenu } from "./workbench.ts";

const FILE = path.join(ROOT, "test/page/themes.json");

/** The variables that panels name, in their scripts and styles as built. */
function namedVariables(): readonly string[] {
  const folder = path.join(ROOT, "dist/webview");
  const bundles = fs.readdirSync(folder).filter((name) => /\.(js|css)$/.test(name));
  const names = bundles.flatMap((name) =>
    fs.readFileSync(path.join(folder, name), "utf8").match(/--vscode-[a-zA-Z-]+/g),
  );
  return [...new Set(names)].filter((name) => name !== null).sort();
}

const glassbox = useGlassbox({ files: tinyCheckpoint() });

// GLASSBOX_WRITE_THEMES=1 writes them again, e.g. for a newer VS Code or for a variable that a panel names since.
test("the page's tests draw with what this VS Code gives a webview in each theme, for each variable that a panel names", async () => {
  const { page } = glassbox;
  await contextMenu(page, "model.safetensors", COMMANDS.openTextWorkbench.title);
  const view = webview(page);
  await view.locator(".tokens").first().waitFor();
  const given: Record<string, unknown> = {};
  for (const theme of THEMES) {
    await pickTheme(page, theme);
    await view.locator(`body.${theme.webview}`).waitFor();
    given[theme.label] = await view
      .locator("body")
      .evaluate(
        (body, names) => ({
          bodyClass: body.className,
          variables: Object.fromEntries(
            names
              .map((name) => [name, document.documentElement.style.getPropertyValue(name)])
              .filter(([, value]) => value !== ""),
          ),
        }),
        namedVariables(),
      );
    assert.deepEqual(await accessibilityViolations(view), [], theme.label);
    await glassbox.screenshot(`theme-${theme.webview}`);
  }
  if (process.env.GLASSBOX_WRITE_THEMES === "1") fs.writeFileSync(FILE, `${JSON.stringify(given, null, 2)}\n`);
  assert.deepEqual(given, JSON.parse(fs.readFileSync(FILE, "utf8")));
});
