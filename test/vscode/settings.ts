import fs from "node:fs";
import path from "node:path";
import { themeId } from "./installation.ts";

export type Settings = Readonly<Record<string, unknown>>;

/** A workbench with nothing in it but what a test put there: no tips, chat, accounts, animation or network. */
export const quietSettings = (): Settings => ({
  "chat.disableAIFeatures": true,
  "editor.accessibilitySupport": "off",
  "editor.cursorBlinking": "solid",
  "editor.hover.delay": 100,
  "editor.minimap.enabled": false,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "git.openRepositoryInParentFolders": "never",
  "remote.autoForwardPorts": false,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "update.showReleaseNotes": false,
  "window.commandCenter": false,
  "window.confirmBeforeClose": "never",
  "window.menuBarVisibility": "compact",
  "workbench.colorTheme": themeId("Dark Modern"),
  "workbench.enableExperiments": false,
  "workbench.layoutControl.enabled": false,
  "workbench.reduceMotion": "on",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  // True, not false: on the web no dialog follows, and the first openWalkthrough then shows the extension's own.
  "workbench.welcomePage.experimentalOnboarding": true,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
});

/** Changes the workspace's settings; a running workbench notices within a second (it does not watch the user's). */
export function setWorkspaceSettings(workspace: string, changes: Settings): void {
  const file = path.join(workspace, ".vscode", "settings.json");
  const before = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Settings) : {};
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify({ ...before, ...changes }, null, 2));
}
