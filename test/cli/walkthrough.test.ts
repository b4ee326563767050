import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { GlassboxProcess, root } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
before(() => glassbox.build());
after(() => glassbox.end());

const overview = `---
id: mine
title: Mine
minutes: 1
paper: { title: T, authors: A, year: 2020, link: "https://example.org", citationStatus: unverified, checked: not at all }
---
A walkthrough that someone is writing.
`;

/** A walkthrough of one block on the network that can be followed by hand. */
function write(name: string, claim: string, figure = ""): string {
  const mine = glassbox.path(name, "mine");
  fs.mkdirSync(mine, { recursive: true });
  for (const file of ["saturates.onnx", "two.npy"])
    fs.copyFileSync(path.join(root, "walkthroughs/axiomatic-attribution", file), path.join(mine, file));
  fs.writeFileSync(path.join(mine, "walkthrough.md"), overview);
  const block = `model: saturates.onnx\ninputs: [two.npy]\nanalyses: [{ id: slope, method: gradient, target: "logit:0" }]\nclaims: [${claim}]\n`;
  fs.writeFileSync(
    path.join(mine, "01-run.md"),
    `---\nkind: run\ntitle: Run\n---\n\`\`\`glassbox flat\n${block}\`\`\`\n${figure}`,
  );
  return mine;
}

test("the walkthroughs that ship are listed with their papers", () => {
  const { out, code } = glassbox.run("walkthrough", "list");
  assert.equal(code, 0);
  for (const words of [
    "axiomatic-attribution",
    "saliency-maps",
    "what-does-a-layer-know",
    "Simonyan",
    "Sundararajan",
    "Alain",
    "citation verified",
  ])
    assert.ok(out.includes(words), words);
});

test("a claim that comes out is checked; one that does not says that it did not reproduce, with both numbers, and the exit code is 1", () => {
  const good = glassbox.run("walkthrough", "check", write("good", '{ expect: "slope.map.at(0,0,0)", is: 0 }'));
  assert.deepEqual([good.code, /1 claims in/.test(good.out)], [0, true], good.out + good.err);
  const bad = glassbox.run(
    "walkthrough",
    "check",
    write("bad", '{ expect: "slope.map.at(0,0,0)", is: 0.5, within: 0.1 }'),
  );
  assert.equal(bad.code, 1);
  assert.match(bad.out, /did not reproduce: slope\.map\.at\(0,0,0\) is 0, expected 0\.5 within 0\.1/);
});

test("a number that is drawn but claimed by nobody is no number of the walkthrough", () => {
  const figure = "```figure\nkind: bars\ntitle: F\nbars: [{ label: L, reading: flat/slope.map.sum }]\n```\n";
  const { code, out } = glassbox.run(
    "walkthrough",
    "check",
    write("unclaimed", '{ expect: "slope.map.at(0,0,0)", is: 0 }', figure),
  );
  assert.equal(code, 1);
  assert.match(
    out,
    /flat\/slope\.map\.sum is drawn or asked for, but no claim of the block reads it \(mine\/01-run\.md:6\)/,
  );
});

test("a fault in a step or in its experiment has its file and line", () => {
  const mine = write("faulty", '{ expect: "slope.map.at(0,0,0)", is: 0 }');
  const file = path.join(mine, "01-run.md");
  fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("method: gradient", "method: gradint"));
  const { code, err } = glassbox.run("walkthrough", "check", mine);
  assert.equal(code, 2);
  assert.match(err, /There is no method gradint\. Did you mean gradient\?.*mine\/01-run\.md:8/s);
});

test("every claim of the walkthroughs that ship is found again, offline", (context) => {
  const { code, out, err } = glassbox.runOffline("walkthrough", "check", "--all");
  assert.equal(code, 0, out + err);
  const [said, claims] = /^(\d+) claims in \d+ s\.$/m.exec(out)!;
  assert.ok(Number(claims) >= 20, out);
  context.diagnostic(said);
});
