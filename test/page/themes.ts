import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import captured from "./themes.json" with { type: "json" };
import { desk, type DocumentTheme } from "./window/desk.ts";

/** The four kinds of theme; `body` is the class of a webview's body that tells it from the others. */
export const THEMES = [
  { label: "Dark Modern", body: "vscode-dark" },
  { label: "Light Modern", body: "vscode-light" },
  { label: "Dark High Contrast", body: "vscode-high-contrast" },
  { label: "Light High Contrast", body: "vscode-high-contrast-light" },
] as const;

export type Theme = (typeof THEMES)[number];

export const themeNamed = ({ label }: Theme): DocumentTheme => captured[label];

/** Gives the panel's document a theme as VS Code does, and every document that is opened after it. */
export async function setTheme(page: Page, theme: Theme): Promise<void> {
  desk.theme = themeNamed(theme);
  const background = await page
    .frameLocator("#active-frame")
    .locator("body")
    .evaluate(
      ({ ownerDocument }, [bodyClass, variables]) => {
        const { style } = ownerDocument.documentElement;
        // Not by the attribute, which the panel's policy forbids.
        style.cssText = "";
        for (const [name, value] of Object.entries(variables)) style.setProperty(name, value);
        ownerDocument.body.className = bodyClass;
        return getComputedStyle(ownerDocument.body).getPropertyValue("--vscode-editor-background");
      },
      [desk.theme.bodyClass, desk.theme.variables] as const,
    );
  assert.equal(background, desk.theme.variables["--vscode-editor-background"], `${theme.label} is not there`);
}
