// npm start                        opens Glassbox on the sample workspace: in VS Code if `code` is there, else in the browser
// npm start -- <command> [args …]  runs Glassbox in the terminal, e.g. npm start -- explain model.onnx photo.png
// Only the terminal's own results go to standard output.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { installPackages } from "./install.mjs";

installPackages();
const { root } = await import("./bundles.mjs");
const { buildAll } = await import("./build.mjs");
await buildAll({ say: console.error });

const samples = path.join(root, "samples");
const runs = (command) =>
  spawnSync(command, ["--version"], { stdio: "ignore", shell: process.platform === "win32" }).status === 0;

/** In the folder where npm was called, so that relative paths mean what the person wrote. */
function runInTerminal(args) {
  const cli = path.join(root, "dist", "cli.mjs");
  if (!fs.existsSync(cli)) {
    console.error("The terminal's entry, src/cli/main.ts, is missing from this checkout.");
    return 1;
  }
  const child = spawn(process.execPath, [cli, ...args], {
    stdio: "inherit",
    cwd: process.env.INIT_CWD,
    env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" },
  });
  // The terminal sends Ctrl+C to the whole group; the command decides how to stop, and its exit code is ours.
  for (const signal of ["SIGINT", "SIGTERM"])
    process.on(signal, () => (signal === "SIGTERM" ? child.kill(signal) : undefined));
  return new Promise((resolve) => child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1))));
}

async function openWorkspace() {
  if (runs("code")) {
    console.error("Opening Glassbox in VS Code on the sample workspace.");
    return (
      spawnSync("code", [`--extensionDevelopmentPath=${root}`, samples], {
        stdio: "inherit",
        shell: process.platform === "win32",
      }).status ?? 1
    );
  }
  const { serveWorkspace } = await import("./serve-workspace.mjs");
  return serveWorkspace({ root, folder: samples, say: console.error });
}

const args = process.argv.slice(2);
process.exit(args.length ? await runInTerminal(args) : await openWorkspace());
