import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hanging } from "../browser/hanging.ts";
import { installVsix } from "./install-vsix.ts";
import { ROOT, VSCODE_HOME } from "./installation.ts";
import { quietSettings, type Settings } from "./settings.ts";

export interface ServerOptions {
  /**
   * `installed`: linked into the extensions folder, as a user has it. `development`: given by the address, which the server
   * accepts only with its test driver on; the driver hides notifications, so only extension-host tests use it.
   * `vsix`: a package, installed without the repository.
   */
  readonly extension?: "installed" | "development" | { readonly vsix: string };
  readonly settings?: Settings;
  /** Whether workspaces must be trusted first, as in a person's editor; by default all are. */
  readonly asksForTrust?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Server {
  readonly port: number;
  /** Its address with the token: the page that opens it keeps the token as a cookie. */
  readonly url: string;
  /** The folder that extensions are installed in. */
  readonly extensions: string;
  /** What the server and its extension hosts have written so far, for a failed test's report. */
  logs(): string;
  stop(): Promise<void>;
}

function prepare(data: string, { extension = "installed", settings = {} }: ServerOptions): void {
  for (const folder of ["home", "tmp", "extensions", "data/User"])
    fs.mkdirSync(path.join(data, folder), { recursive: true });
  fs.writeFileSync(
    path.join(data, "data/User/settings.json"),
    JSON.stringify({ ...quietSettings(), ...settings }, null, 2),
  );
  if (extension === "development") return;
  if (typeof extension === "object") return installVsix(extension.vsix, data);
  const { publisher, name, version } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as Record<
    string,
    string
  >;
  fs.symlinkSync(ROOT, path.join(data, "extensions", `${publisher}.${name}-${version}`));
}

function killGroup(server: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (server.pid) process.kill(-server.pid, signal);
  } catch {
    // The group has ended already.
  }
}

async function listening(server: ChildProcess, output: () => string): Promise<number> {
  for (const end = Date.now() + hanging; Date.now() < end; await sleep(20)) {
    const port = /Extension host agent listening on (\d+)/.exec(output())?.[1];
    if (port) return Number(port);
    if (server.exitCode !== null) break;
  }
  throw new Error(`VS Code's server did not start.\n${output()}`);
}

function extensionHostLogs(data: string): string {
  const folder = path.join(data, "data", "logs");
  if (!fs.existsSync(folder)) return "";
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /remoteexthost\.log$|glassbox.*\.log$/.test(file));
  return files
    .map((file) => `--- ${file}\n${fs.readFileSync(path.join(folder, file), "utf8").slice(-6000)}`)
    .join("\n");
}

/** Starts VS Code's server on a free port of 127.0.0.1, with a home, temporary folder and profile of its own. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  // Short, because sockets are made below it and their paths may have only about a hundred characters.
  const data = fs.mkdtempSync(path.join(os.tmpdir(), "gb-"));
  prepare(data, options);
  const token = randomBytes(24).toString("base64url");
  const tokenFile = path.join(data, "token");
  fs.writeFileSync(tokenFile, token, { mode: 0o600 });
  const { XDG_RUNTIME_DIR: _, ...inherited } = process.env;
  const server = spawn(
    path.join(VSCODE_HOME, "node"),
    [
      path.join(ROOT, "scripts/guarded-server.mjs"),
      path.join(VSCODE_HOME, "vscode/out/server-main.js"),
      ...["--connection-token-file", tokenFile],
      ...["--host", "127.0.0.1", "--port", "8200-8299", "--accept-server-license-terms"],
      ...["--telemetry-level", "off", ...(options.asksForTrust ? [] : ["--disable-workspace-trust"])],
      ...["--reconnection-grace-time", "1"],
      ...[
        "--server-data-dir",
        data,
        "--user-data-dir",
        path.join(data, "data"),
        "--extensions-dir",
        path.join(data, "extensions"),
      ],
      ...(options.extension === "development" ? ["--enable-smoke-test-driver"] : []),
    ],
    {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: {
        ...inherited,
        EXTENSIONS_GALLERY: "{}",
        HOME: path.join(data, "home"),
        TMPDIR: path.join(data, "tmp"),
        NODE_OPTIONS: "",
        ORT_DISABLE_TELEMETRY: "1",
        ...options.environment,
      },
    },
  );
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk) => (output += chunk));
  // A test run that dies must not leave extension hosts and watchers behind.
  const kill = (): void => killGroup(server, "SIGKILL");
  process.once("exit", kill);
  const port = await listening(server, () => output);
  return {
    port,
    url: `http://127.0.0.1:${port}/?tkn=${token}`,
    extensions: path.join(data, "extensions"),
    logs: () => `${output}\n${extensionHostLogs(data)}`,
    async stop() {
      const ended = server.exitCode === null && server.signalCode === null ? once(server, "exit") : Promise.resolve();
      killGroup(server, "SIGTERM");
      await Promise.race([ended, sleep(3000, undefined, { ref: false })]);
      kill();
      process.removeListener("exit", kill);
      fs.rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
