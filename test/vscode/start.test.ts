import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { ROOT, VSCODE_HOME } from "./installation.ts";

const home = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-home-"));
after(() => fs.rmSync(home, { recursive: true, force: true }));

const start = path.join(ROOT, "scripts", "start.mjs");

/** A person's first minute: nothing of theirs is there, save that the VS Code which the tests installed is not installed again. */
const environment = {
  ...process.env,
  HOME: home,
  XDG_CACHE_HOME: path.join(home, "cache"),
  GLASSBOX_CACHE: path.dirname(VSCODE_HOME),
};

test("npm start -- explain: the cat's first three classes, and the files", async () => {
  const out = path.join(home, "out");
  const model = path.join(ROOT, "samples", "vision", "efficientnet-lite0.onnx");
  const picture = path.join(ROOT, "samples", "vision", "chelsea.png");
  const { stdout } = await promisify(execFile)(process.execPath, [start, "explain", model, picture, "--out", out], {
    cwd: ROOT,
    env: environment,
  });
  const classes = [...stdout.matchAll(/(Egyptian cat|tabby|tiger cat)\D+([\d.]+) ?%/g)].map(
    ([, name, share]) => [name, Number(share)] as const,
  );
  assert.deepEqual(
    classes.slice(0, 3).map(([name]) => name),
    ["Egyptian cat", "tabby", "tiger cat"],
    stdout,
  );
  for (const [i, expected] of [35.5, 28.3, 22.4].entries()) assert.ok(Math.abs(classes[i]![1] - expected) < 3, stdout);
  const written = fs.readdirSync(out);
  for (const ending of [".png", ".html"])
    assert.ok(
      written.some((name) => name.endsWith(ending)),
      written.join(", "),
    );
});

/** The first line of standard output. */
const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    child.on("exit", (code) => reject(new Error(`npm start ended with ${code} before it printed an address.`)));
  });

test("npm start: without VS Code on the PATH its address is printed and answers, and Ctrl+C ends it", async () => {
  const PATH = path.join(home, "empty");
  const child = spawn(process.execPath, [start], {
    cwd: ROOT,
    env: { ...environment, PATH },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const address = await firstLine(child);
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/\?folder=.*samples$/);
  const { status } = await fetch(address);
  assert.equal(status, 200);
  const ended = new Promise((resolve) => child.on("exit", resolve));
  child.kill("SIGINT");
  assert.equal(await ended, 0);
});
