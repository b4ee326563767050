import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "./installation.ts";
import { firstMinute, npmStart, START } from "./npm-start.ts";

const minute = firstMinute();
const { home, environment } = minute;
after(() => fs.rmSync(home, { recursive: true, force: true }));

test("npm start -- explain: the cat's first three classes, and the files", async () => {
  const out = path.join(home, "out");
  const model = path.join(ROOT, "samples", "vision", "efficientnet-lite0.onnx");
  const picture = path.join(ROOT, "samples", "vision", "chelsea.png");
  const { stdout } = await promisify(execFile)(process.execPath, [START, "explain", model, picture, "--out", out], {
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

test("npm start: without VS Code on the PATH its address is printed and opens, and Ctrl+C ends it", async () => {
  const { address, stop } = await npmStart(minute);
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/\?tkn=[\w-]{32}&folder=.*samples$/);
  const opened = await fetch(address, { redirect: "manual" });
  assert.equal(opened.status, 302);
  const cookie = opened.headers.get("set-cookie")!.split(";")[0]!;
  const page = await fetch(new URL(opened.headers.get("location")!, address), { headers: { cookie } });
  assert.equal(page.status, 200);
  assert.equal(await stop(), 0);
});
