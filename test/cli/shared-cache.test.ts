import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { writeLinear, writeOnes } from "../engine/linear-network.ts";
import { GlassboxProcess, root } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
before(() => glassbox.build());
after(() => fs.rmSync(glassbox.folder, { recursive: true, force: true }));

const cli = path.join(root, "dist", "cli.mjs");
const isAllowed = (...args: readonly string[]): boolean => spawnSync("unshare", args).status === 0;
const noNamespaces = isAllowed("-rpf", "true") ? false : "this system does not let a test make process namespaces";
const noMounts = isAllowed("-rm", "true") ? false : "this system does not let a test mount a file system";

const parts = Number(process.env.GLASSBOX_PARTS ?? 3);

/** One part, in a namespace of its own: each is process 1 or 2 there, as in containers. */
const runPart = (
  part: number,
  file: string,
  out: string,
): Promise<{ readonly code: number | null; readonly err: string }> =>
  new Promise((resolve) => {
    const args = [process.execPath, cli, "run", file, "--shard", `${part}/${parts}`, "--out", out];
    const child = spawn("unshare", ["-rpf", ...args], {
      env: { ...process.env, GLASSBOX_CACHE: glassbox.path("shared-cache") },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.once("exit", (code) => resolve({ code, err }));
  });

test(
  `${parts} parts in process namespaces of their own share a cache and a folder`,
  { skip: noNamespaces },
  async () => {
    writeLinear(glassbox.path("m.onnx"), 7, "m.data");
    for (let i = 0; i < parts; i++) writeOnes(glassbox.path(`x${i}.npy`));
    const file = glassbox.write(
      "shared.glassbox.yaml",
      "model: m.onnx\ninputs: ['x*.npy']\nanalyses: [{ method: prediction }, { method: gradient }]\n",
    );
    const out = glassbox.path("shared");
    const ended = await Promise.all(Array.from({ length: parts }, (_, part) => runPart(part, file, out)));
    for (const { code, err } of ended) assert.equal(code, 0, err);
    const merged = glassbox.run("merge", out);
    assert.equal(merged.code, 0, merged.err);
    const { tasks } = JSON.parse(fs.readFileSync(path.join(out, "results.json"), "utf8")) as {
      tasks: { failure?: unknown }[];
    };
    assert.deepEqual([tasks.length, tasks.some(({ failure }) => failure)], [2 * parts, false]);
    for (const folder of [out, glassbox.path("shared-cache")])
      for (const name of fs.readdirSync(folder, { recursive: true, encoding: "utf8" }))
        assert.ok(!/\.(tmp|onnx)$/.test(name), name);
  },
);

test("a full disk is a sentence with exit code 2, and no torn file", { skip: noMounts }, () => {
  const disk = glassbox.path("disk");
  fs.mkdirSync(disk);
  const line = `mount -t tmpfs -o size=256k none '${disk}' && '${process.execPath}' '${cli}' pictures procedural:50 --out '${disk}/x'; code=$?; ls -s '${disk}/x'; exit $code`;
  const { status, stderr, stdout } = spawnSync("unshare", ["-rm", "/bin/sh", "-c", line], { encoding: "utf8" });
  assert.equal(status, 2, stderr);
  assert.match(stderr, /cannot be written .*The disk is full: free some space/);
  assert.doesNotMatch(stderr, /report it/);
  assert.doesNotMatch(stdout, /^ *0 .*\.png$|\.tmp/m);
});

test("pictures with similar names have their own files in an experiment's report", () => {
  writeLinear(glassbox.path("m.onnx"), 7);
  fs.mkdirSync(glassbox.path("a"));
  for (const name of ["a b.npy", "a-b.npy", "a/b.npy", `${"long ".repeat(40)}.npy`]) writeOnes(glassbox.path(name));
  const file = glassbox.write(
    "alike.glassbox.yaml",
    `model: m.onnx\ninputs: ['a b.npy', a-b.npy, a/b.npy, 'long*.npy']\nanalyses: [{ method: prediction }]\n`,
  );
  const { code, err } = glassbox.run("run", file);
  assert.equal(code, 0, err);
  const names = fs.readdirSync(glassbox.path("alike.results", "inputs")).filter((name) => name.endsWith(".json"));
  assert.equal(names.length, 4, names.join());
});

test(
  "reports go nowhere through planted links, and a person's file is not written over",
  { skip: process.platform === "win32" },
  () => {
    writeLinear(glassbox.path("m.onnx"), 7);
    writeOnes(glassbox.path("x.npy"));
    const folder = glassbox.path("glassbox-report", "x-m");
    const victim = glassbox.write("victim", "mine");
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    fs.symlinkSync(glassbox.path("a"), folder);
    const planted = glassbox.run("explain", "m.onnx", "x.npy", "--method", "gradient");
    assert.equal(planted.code, 0, planted.err);
    assert.ok(!fs.existsSync(glassbox.path("a", "report.html")));
    assert.ok(fs.existsSync(`${folder}-2/report.html`));
    fs.rmSync(glassbox.path("glassbox-report"), { recursive: true });
    fs.symlinkSync(glassbox.path("a"), glassbox.path("glassbox-report"));
    const refused = glassbox.run("explain", "m.onnx", "x.npy", "--method", "gradient");
    assert.equal(refused.code, 2, refused.err);
    assert.match(refused.err, /glassbox-report is a link, so nothing is written into it/);
    fs.mkdirSync(glassbox.path("own"));
    fs.copyFileSync(victim, glassbox.path("own", "report.html"));
    const over = glassbox.run("explain", "m.onnx", "x.npy", "--method", "gradient", "--out", "own");
    assert.equal(over.code, 2, over.err);
    assert.equal(fs.readFileSync(glassbox.path("own", "report.html"), "utf8"), "mine");
  },
);
