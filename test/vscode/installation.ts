import fs from "node:fs";
import path from "node:path";

/** What scripts/vscode-tests.mjs tells the tests: which VS Code, where it is installed, where the repository is. */
function told(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run these tests by: node scripts/test.mjs vscode`);
  return value;
}

export const VSCODE_HOME = told("GLASSBOX_VSCODE_HOME");
export const VSCODE_NAME = told("GLASSBOX_VSCODE");
export const ROOT = told("GLASSBOX_ROOT");
export const EXTENSION_ID = "glassbox.glassbox";

/** Theme identifiers differ between versions ("Default Dark Modern", "Dark Modern"); an unknown one silently becomes light. */
export function themeId(ending: string): string {
  const manifest = path.join(VSCODE_HOME, "vscode/extensions/theme-defaults/package.json");
  const { themes } = (JSON.parse(fs.readFileSync(manifest, "utf8")) as { contributes: { themes: { id: string }[] } })
    .contributes;
  const theme = themes.find(({ id }) => id.endsWith(ending));
  if (!theme) throw new Error(`This VS Code has no theme whose identifier ends with ${ending}.`);
  return theme.id;
}
