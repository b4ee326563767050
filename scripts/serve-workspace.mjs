// Serves VS Code with Glassbox on 127.0.0.1 until it is stopped. Settings persist between runs in the user's cache.
// Only the address that it prints opens the editor: whoever can reach the editor can read files and run commands as this user.
import { spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { cacheRoot, installVSCodeWeb } from "./vscode-web.mjs";

const FIRST_SETTINGS = {
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "readme",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.welcomePage.experimentalOnboarding": true,
  "telemetry.telemetryLevel": "off",
  "chat.disableAIFeatures": true,
  "remote.autoForwardPorts": false,
};

/** A fresh folder each time: the server reads extensions.json if there is one and then ignores links added later. */
function linkExtension(root, folder) {
  const { publisher, name, version } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  fs.symlinkSync(root, path.join(folder, `${publisher}.${name}-${version}`), "junction");
}

function prepareUserData() {
  const data = path.join(cacheRoot(), "workbench");
  const settings = path.join(data, "User", "settings.json");
  if (!fs.existsSync(settings)) {
    fs.mkdirSync(path.dirname(settings), { recursive: true });
    fs.writeFileSync(settings, `${JSON.stringify(FIRST_SETTINGS, null, 2)}\n`);
  }
  return data;
}

/** In a file that only this user can read: every local user can read a process's arguments. */
function writeToken(file) {
  const token = crypto.randomBytes(24).toString("base64url");
  fs.writeFileSync(file, token, { mode: 0o600, flag: "wx" });
  return token;
}

/** @param {{ root: string, folder: string, say: (line: string) => void }} options @returns {Promise<number>} when the server ends */
export async function serveWorkspace({ root, folder, say }) {
  const home = installVSCodeWeb("newest", say);
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-"));
  fs.chmodSync(scratch, 0o700);
  const tokenFile = path.join(scratch, "token");
  const token = writeToken(tokenFile);
  const extensions = path.join(scratch, "extensions");
  fs.mkdirSync(extensions);
  linkExtension(root, extensions);
  const server = spawn(
    path.join(home, "node"),
    [
      path.join(root, "scripts", "guarded-server.mjs"),
      path.join(home, "vscode", "out", "server-main.js"),
      ...["--connection-token-file", tokenFile, "--host", "127.0.0.1"],
      ...["--port", process.env.GLASSBOX_PORT ?? "8300-8399"],
      ...["--accept-server-license-terms", "--telemetry-level", "off", "--disable-workspace-trust"],
      ...[
        "--server-data-dir",
        path.join(scratch, "server"),
        "--user-data-dir",
        prepareUserData(),
        "--extensions-dir",
        extensions,
      ],
    ],
    {
      stdio: ["ignore", "pipe", "inherit"],
      detached: process.platform !== "win32",
      env: { ...process.env, EXTENSIONS_GALLERY: "{}" },
    },
  );
  let output = "";
  server.stdout.on("data", (chunk) => {
    const known = /agent listening on \d+/.test(output);
    output = (output + chunk).slice(-4096);
    const port = /agent listening on (\d+)/.exec(output)?.[1];
    if (port && !known) {
      // Printed only: handed to a browser's command line, the token could be read by every local user.
      console.log(`http://127.0.0.1:${port}/?tkn=${token}&folder=${encodeURIComponent(folder)}`);
      say("Glassbox runs at this address, which only you have; right-click a model. Ctrl+C stops it.");
    }
  });
  const stop = () => {
    try {
      process.kill(process.platform === "win32" ? server.pid : -server.pid, "SIGTERM");
    } catch {
      // It has ended already.
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  return new Promise((resolve) => {
    server.on("exit", (code, signal) => {
      fs.rmSync(scratch, { recursive: true, force: true });
      resolve(signal ? 0 : (code ?? 1));
    });
  });
}
