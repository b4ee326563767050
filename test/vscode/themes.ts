import type { Page } from "playwright-core";
import { quickInput, quickPick, runCommand } from "./workbench.ts";

/** The four kinds of theme, by the label of the picker, with the class that the workbench and a webview's body then have. */
export const THEMES = [
  { label: "Dark Modern", workbench: "vs-dark", webview: "vscode-dark" },
  { label: "Light Modern", workbench: "vs", webview: "vscode-light" },
  { label: "Dark High Contrast", workbench: "hc-black", webview: "vscode-high-contrast" },
  { label: "Light High Contrast", workbench: "hc-light", webview: "vscode-high-contrast-light" },
] as const;

export type Theme = (typeof THEMES)[number];

export async function pickTheme(page: Page, theme: Theme): Promise<void> {
  await runCommand(page, "Preferences: Color Theme");
  await quickInput(page).waitFor({ state: "visible" });
  await quickInput(page).fill(theme.label);
  await quickPick(page, theme.label).click();
  await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  await page.locator(`.monaco-workbench.${theme.workbench}`).waitFor();
}
