import { spawnSync } from "node:child_process";
import path from "node:path";
import { VSCODE_HOME } from "./installation.ts";

/** Installs a VSIX below the server's data folder, by the command that a person types on a remote machine. */
export function installVsix(vsix: string, data: string): void {
  const { status, stdout, stderr } = spawnSync(
    path.join(VSCODE_HOME, "node"),
    [
      path.join(VSCODE_HOME, "vscode/out/server-main.js"),
      ...["--install-extension", vsix, "--accept-server-license-terms", "--server-data-dir", data],
      ...["--user-data-dir", path.join(data, "data"), "--extensions-dir", path.join(data, "extensions")],
    ],
    { encoding: "utf8", env: { ...process.env, EXTENSIONS_GALLERY: "{}", HOME: path.join(data, "home") } },
  );
  if (status !== 0 || !/was successfully installed/.test(stdout))
    throw new Error(`VS Code does not install ${vsix}.\n${stdout}${stderr}`);
}
