import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import os from "node:os";
import { test } from "node:test";
import type * as vscode from "vscode";
import { GlassboxProcess, root } from "../../../test/cli/glassbox-process.ts";
import { registerTerminal } from "./register.ts";

/** A collection as VS Code applies it to the environment of a terminal it opens. */
function terminal(): { readonly context: vscode.ExtensionContext; readonly environment: NodeJS.ProcessEnv } {
  const environment = { ...process.env };
  const environmentVariableCollection = {
    description: undefined,
    prepend: (name: string, text: string) => void (environment[name] = text + (environment[name] ?? "")),
    replace: (name: string, text: string) => void (environment[name] = text),
  };
  return {
    context: { environmentVariableCollection, extensionPath: root } as unknown as vscode.ExtensionContext,
    environment,
  };
}

test(
  "a copied command runs in a terminal of VS Code, from any folder, by the Node that runs VS Code",
  { skip: process.platform === "win32" && "a POSIX shell" },
  () => {
    new GlassboxProcess().build();
    const { context, environment } = terminal();
    registerTerminal(context);
    const { status, stdout, stderr } = spawnSync("sh", ["-c", "glassbox --help"], {
      cwd: os.tmpdir(),
      env: environment,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /glassbox <command>/);
    assert.equal(environment["GLASSBOX_NODE"], process.execPath);
  },
);
