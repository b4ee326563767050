// A real VS Code for the browser, put together from registry packages alone, kept in the user's cache and reused.
// usage: node scripts/vscode-web.mjs [newest|oldest]   prints the folder it is installed in
//
// code-server carries VS Code's own web server under lib/vscode; nothing of code-server itself is started. What a local
// workbench never loads (AI services, sign-in, C++ add-ons that would need a compiler) is taken out before npm installs.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import module from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Raise when this file changes what an installation contains. */
const REVISION = 1;

/**
 * `newest` needs a newer Node than Glassbox itself does (node:module's registerHooks), so it brings its own;
 * `oldest` is the first version that package.json's engines.vscode admits.
 */
export const VERSIONS = {
  newest: { codeServer: "4.139.1", vscode: "1.139.1", node: "24.21.0" },
  oldest: { codeServer: "4.100.3", vscode: "1.100.3", node: "system" },
};

const UNUSED_DEPENDENCIES = [
  "@anthropic-ai/sandbox-runtime",
  "@devcontainers/cli",
  "@github/copilot",
  "@github/copilot-sdk",
  "@microsoft/mxc-sdk",
  "@vscode/copilot-api",
  "@vscode/fs-copyfile",
  "@vscode/sandbox-runtime",
  "@vscode/sqlite3",
  "@vscode/windows-process-tree",
  "@vscode/windows-registry",
  "kerberos",
  "ssh2",
];

// The workbench has a baked list of the other built-in extensions and complains about each that is missing.
const UNUSED_EXTENSIONS = [
  "copilot",
  "debug-auto-launch",
  "debug-server-ready",
  "git",
  "github",
  "microsoft-authentication",
  "ms-vscode.js-debug",
  "ms-vscode.js-debug-companion",
  "node_modules",
  "tunnel-forwarding",
];

// VS Code logs through a C++ add-on; without it every logger prints a stack. This writes the same files.
const LOGGER = `"use strict";
const fs = require("node:fs");
const path = require("node:path");
const NAMES = ["trace", "debug", "info", "warning", "error", "critical"];
class Logger {
  constructor(kind, name, file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    this.descriptor = fs.openSync(file, "a");
    this.level = 2;
    this.bare = false;
  }
  write(level, message) {
    if (level < this.level || this.descriptor === undefined) return;
    const stamp = new Date().toISOString().replace("T", " ").replace("Z", "");
    try { fs.writeSync(this.descriptor, this.bare ? message : stamp + " [" + NAMES[level] + "] " + message + "\\n"); } catch {}
  }
  trace(message) { this.write(0, message); }
  debug(message) { this.write(1, message); }
  info(message) { this.write(2, message); }
  warn(message) { this.write(3, message); }
  error(message) { this.write(4, message); }
  critical(message) { this.write(5, message); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() { this.bare = true; }
  flush() {}
  drop() { if (this.descriptor !== undefined) fs.closeSync(this.descriptor); this.descriptor = undefined; }
}
exports.Logger = Logger;
exports.version = 11500;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = async (name, file) => new Logger("rotating", name, file);
exports.createAsyncRotatingLogger = async (name, file) => new Logger("rotating_async", name, file);
`;

/** Where installations are kept; GLASSBOX_CACHE moves it. */
export const cacheRoot = () =>
  process.env.GLASSBOX_CACHE ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "glassbox");

const run = (folder, command, ...args) =>
  execFileSync(command, args, {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
    env: {
      ...process.env,
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_update_notifier: "false",
      npm_config_loglevel: "error",
    },
  });

const edit = (file, change) => {
  const value = JSON.parse(fs.readFileSync(file, "utf8"));
  change(value);
  fs.writeFileSync(file, JSON.stringify(value, null, 2));
};

/** npm checks each archive against the registry's integrity before it hands it over. */
function unpack(folder, specifier, member, target) {
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--silent", specifier], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
      shell: process.platform === "win32",
    }),
  );
  const archive = filename.replace("@", "").replace("/", "-");
  run(folder, "tar", "xzf", archive, `package/${member}`);
  fs.renameSync(path.join(folder, "package", member), path.join(folder, target));
  fs.rmSync(path.join(folder, "package"), { recursive: true, force: true });
  fs.rmSync(path.join(folder, archive));
}

function provideNode(folder, wanted) {
  const system = wanted === "system" || (process.platform !== "linux" && typeof module.registerHooks === "function");
  if (system) return fs.symlinkSync(process.execPath, path.join(folder, "node"));
  if (process.platform !== "linux")
    throw new Error(`VS Code's web server needs Node 24 on this platform; this is Node ${process.version}.`);
  unpack(folder, `node-linux-${process.arch}@${wanted}`, "bin/node", "node");
}

/** Before 1.13x, VS Code's ripgrep package downloads its binary when it is installed; a distribution's rg serves as well, also one that is installed later. */
function provideRipgrep(modules) {
  const own = path.join(modules, "@vscode/ripgrep");
  if (fs.existsSync(own)) {
    fs.mkdirSync(path.join(own, "bin"), { recursive: true });
    fs.rmSync(path.join(own, "bin/rg"), { force: true });
    fs.symlinkSync("/usr/bin/rg", path.join(own, "bin/rg"));
  }
  const universal = path.join(modules, "@vscode/ripgrep-universal/bin");
  if (!fs.existsSync(universal)) return;
  for (const platform of fs.readdirSync(universal)) {
    if (platform !== `${process.platform}-${process.arch}`)
      fs.rmSync(path.join(universal, platform), { recursive: true });
  }
}

function assemble(folder, version) {
  provideNode(folder, version.node);
  unpack(folder, `code-server@${version.codeServer}`, "lib/vscode", "vscode");
  const vscode = path.join(folder, "vscode");
  edit(path.join(vscode, "package.json"), (manifest) => {
    for (const name of UNUSED_DEPENDENCIES) delete manifest.dependencies[name];
    delete manifest.overrides;
  });
  run(vscode, "npm", "install", "--omit=dev", "--ignore-scripts");
  const modules = path.join(vscode, "node_modules");
  fs.writeFileSync(path.join(modules, "@vscode/spdlog/index.js"), LOGGER);
  for (const name of ["@vscode/native-watchdog", "native-watchdog"]) {
    if (fs.existsSync(path.join(modules, name)))
      fs.writeFileSync(path.join(modules, name, "index.js"), "exports.start = () => {};\n");
  }
  provideRipgrep(modules);
  for (const name of UNUSED_EXTENSIONS)
    fs.rmSync(path.join(vscode, "extensions", name), { recursive: true, force: true });
  edit(path.join(vscode, "product.json"), (product) => {
    for (const key of ["extensionsGallery", "defaultChatAgent", "updateUrl"]) delete product[key];
  });
}

/**
 * Installs what is missing and returns the folder: `node` is the server's Node, `vscode/out/server-main.js` its entry.
 * Assembled under a name of its own and renamed when complete, so two runs at once and a killed run do no harm.
 * @param {keyof typeof VERSIONS} name
 * @param {(line: string) => void} [say]
 */
export function installVSCodeWeb(name, say = () => {}) {
  const version = VERSIONS[name];
  if (!version) throw new Error(`No VS Code is called ${name}; choose ${Object.keys(VERSIONS).join(" or ")}.`);
  const nodeVersion = version.node === "system" ? process.versions.node : version.node;
  const home = path.join(
    cacheRoot(),
    `vscode-web-${version.codeServer}-node${nodeVersion}-${process.platform}-${process.arch}-r${REVISION}`,
  );
  const complete = path.join(home, ".complete");
  if (fs.existsSync(complete)) return home;
  const started = Date.now();
  say(`Installing VS Code ${version.vscode} for the browser into ${home} (once) …`);
  const partial = `${home}.${process.pid}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  try {
    assemble(partial, version);
    fs.writeFileSync(path.join(partial, ".complete"), "");
    fs.renameSync(partial, home);
  } catch (error) {
    if (!fs.existsSync(complete)) throw error;
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
  say(`VS Code ${version.vscode} installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return home;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(VERSIONS);
  for (const name of names) console.log(installVSCodeWeb(name, (line) => console.error(line)));
}
