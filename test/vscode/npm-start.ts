import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT, VSCODE_HOME } from "./installation.ts";

export const START = path.join(ROOT, "scripts", "start.mjs");

/** A person's first minute: nothing of theirs is there, except that the VS Code which the tests installed is not installed again. */
export function firstMinute(): { readonly home: string; readonly environment: NodeJS.ProcessEnv } {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-home-"));
  const environment = {
    ...process.env,
    HOME: home,
    XDG_CACHE_HOME: path.join(home, "cache"),
    GLASSBOX_CACHE: path.dirname(VSCODE_HOME),
  };
  return { home, environment };
}

export interface ServedWorkspace {
  /** The line that it printed. */
  readonly address: string;
  /** Sends Ctrl+C and resolves with the exit code. */
  stop(): Promise<number | null>;
}

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    child.on("exit", (code) => reject(new Error(`npm start ended with ${code} before it printed an address.`)));
  });

/** `npm start` without VS Code on the PATH: it serves the editor and prints its address. */
export async function npmStart({ home, environment }: ReturnType<typeof firstMinute>): Promise<ServedWorkspace> {
  const child = spawn(process.execPath, [START], {
    cwd: ROOT,
    env: { ...environment, PATH: path.join(home, "empty") },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  return {
    address: await firstLine(child),
    stop() {
      child.kill("SIGINT");
      return ended;
    },
  };
}
