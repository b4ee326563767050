import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { claimFolder } from "./claim-folder.ts";
import { OutputFolder } from "./output-folder.ts";
import { temporaryIn } from "./temporary.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-output-"));
after(() => fs.rmSync(root, { recursive: true, force: true }));
let number = 0;
const fresh = (): string => {
  const folder = path.join(root, String(number++));
  fs.mkdirSync(folder);
  return folder;
};
const results = (folder: string, within?: string): OutputFolder =>
  new OutputFolder(folder, { kind: "results", within });
const isOwn = (name: string): boolean => name.startsWith(".glassbox");

test("a planted link at a file's name is replaced, and what it leads to stays", () => {
  const folder = fresh();
  const victim = path.join(fresh(), "victim");
  fs.writeFileSync(victim, "mine");
  fs.mkdirSync(path.join(folder, "r"));
  fs.symlinkSync(victim, path.join(folder, "r", "report.html"));
  results(path.join(folder, "r"), folder).write("report.html", "ours");
  assert.equal(fs.readFileSync(victim, "utf8"), "mine");
  assert.equal(fs.readFileSync(path.join(folder, "r", "report.html"), "utf8"), "ours");
});

test("a planted link at a folder's name is refused; the folder that the person named may be a link", () => {
  const [folder, elsewhere] = [fresh(), fresh()];
  fs.symlinkSync(elsewhere, path.join(folder, "r"));
  assert.throws(
    () => results(path.join(folder, "r"), folder).write("a.json", "1"),
    /r is a link, so nothing is written/,
  );
  fs.symlinkSync(elsewhere, path.join(folder, "tasks"));
  assert.throws(() => results(folder).write("tasks/a.json", "1"), /tasks is a link/);
  assert.deepEqual(fs.readdirSync(elsewhere), []);
  results(path.join(folder, "r")).write("a.json", "1");
  assert.equal(fs.readFileSync(path.join(elsewhere, "a.json"), "utf8"), "1");
});

test("a file that Glassbox did not write is not written over; its own is, also by the next process", () => {
  const folder = fresh();
  fs.writeFileSync(path.join(folder, "report.html"), "mine");
  assert.throws(
    () => results(folder).write("report.html", "ours"),
    /report\.html is there already, and Glassbox did not/,
  );
  results(folder).write("other.html", "1");
  results(folder).write("other.html", "2");
  assert.equal(fs.readFileSync(path.join(folder, "other.html"), "utf8"), "2");
  assert.equal(fs.readFileSync(path.join(folder, "report.html"), "utf8"), "mine");
});

test("a folder that was empty is Glassbox's as a whole, whichever of several processes began", () => {
  const folder = path.join(fresh(), "new");
  const [one, other] = [results(folder), results(folder)];
  one.write("plan.json", "1");
  other.write("plan.json", "1");
  other.write("tasks/a.json", "2");
  one.write("tasks/a.json", "2");
  assert.deepEqual(
    fs.readdirSync(folder).filter((name) => !isOwn(name)),
    ["plan.json", "tasks"],
  );
});

test("a name that leads out of the folder is refused", () => {
  for (const name of ["../x", "a/../../x", "..", "a\0b"])
    assert.throws(() => results(fresh()).write(name, "1"), /leads out of the folder/, name);
});

test("only leftovers of ours, older than an hour, in folders of ours, are removed", () => {
  const [folder, elsewhere] = [fresh(), fresh()];
  const old = (file: string): string => {
    fs.writeFileSync(file, "half");
    fs.utimesSync(file, 1, 1);
    return file;
  };
  fs.symlinkSync(elsewhere, path.join(folder, "tasks"));
  const kept = [old(path.join(folder, "data.txt.999999.tmp")), old(temporaryIn(elsewhere)), temporaryIn(folder)];
  fs.writeFileSync(kept[2]!, "being written");
  const mine = old(temporaryIn(folder));
  results(folder).removeLeftovers(["tasks"]);
  assert.deepEqual(
    kept.slice(0, 2).map((file) => fs.existsSync(file)),
    [true, true],
  );
  assert.equal(fs.existsSync(mine), false);
  const young = temporaryIn(folder);
  fs.writeFileSync(young, "being written");
  results(folder).removeLeftovers();
  assert.equal(fs.existsSync(young), true);
});

test("two questions of one name have two folders, the same question has one", () => {
  const folder = fresh();
  const claim = (question: unknown): string => claimFolder(path.join(folder, "report"), "x-net", question, folder);
  assert.equal(path.basename(claim("a/x.png")), "x-net");
  assert.equal(path.basename(claim("b/x.png")), "x-net-2");
  assert.equal(path.basename(claim("a/x.png")), "x-net");
  results(claim("a/x.png"), folder).write("report.html", "1");
  results(claim("a/x.png"), folder).write("report.html", "2");
  assert.equal(fs.readFileSync(path.join(folder, "report", "x-net", "report.html"), "utf8"), "2");
});

test("a folder that cannot be made is said in words", { skip: process.platform === "win32" }, () => {
  fs.writeFileSync(path.join(root, "file"), "");
  assert.throws(() => results(path.join(root, "file", "inner")).write("a", "1"), /a cannot be written.*not a folder/);
});
