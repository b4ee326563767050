import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { hasErrors, parseExperiment } from "../experiment/parse.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { withChanges } from "./change.ts";
import { renderMarkdown } from "./markdown.ts";
import { bareWorkshop, parseWalkthrough, readingsWanted } from "./parse.ts";
import { rightChoice, scoreOf } from "./score.ts";
import type { Question } from "../protocol/walkthrough.ts";

const overview = `---
id: tiny
title: A tiny one
minutes: 1
paper: { title: T, authors: A, year: 2020, link: "https://example.org", citationStatus: unverified, checked: not at all }
---
Why.
`;
const step = `---
kind: run
title: Run it
---
Prose with $x$ and **strength**.

\`\`\`glassbox one
model: a.onnx
inputs: [b.png]
analyses: [{ id: g, method: gradient }]
claims: [{ expect: g.map.sum, is: 1 }]
\`\`\`

\`\`\`question
id: q
ask: How much?
truth: one/g.map.sum
slider: { from: 0, to: 10, step: 1, near: 1 }
why: Because.
\`\`\`
`;
const parse = (files: Record<string, string>) =>
  parseWalkthrough(
    "tiny",
    new Map(Object.entries({ "walkthrough.md": overview, "01-run.md": step, ...files })),
    bareWorkshop,
  );

test("a folder is read whole: steps in order, blocks with the line they begin on, what is read off each", () => {
  const walkthrough = parse({ "02-answer.md": "---\nkind: score\ntitle: And?\n---\n```answer\nq\n```\n" });
  assert.deepEqual(
    walkthrough.steps.map(({ id, kind }) => [id, kind]),
    [
      ["run", "run"],
      ["answer", "score"],
    ],
  );
  const [prose, block] = walkthrough.steps[0]!.parts;
  assert.deepEqual(prose, { kind: "prose", html: "<p>Prose with x and <strong>strength</strong>.</p>" });
  assert.equal(block?.kind === "block" && block.block.line, 8);
  assert.deepEqual(readingsWanted(walkthrough, "one"), ["g.map.sum"]);
});

for (const [what, files, where, sentence] of [
  ["a misspelt key", { "01-run.md": step.replace("near: 1", "neer: 1") }, "tiny/01-run.md:18", /there is no neer here/],
  [
    "an unknown kind of step",
    { "01-run.md": step.replace("kind: run", "kind: walk") },
    "tiny/01-run.md:2",
    /kind is walk/,
  ],
  [
    "a fence that never ends",
    { "02-x.md": "---\nkind: run\ntitle: T\n---\n\n```figure\nkind: bars\n" },
    "tiny/02-x.md:6",
    /not closed/,
  ],
  [
    "a block without a name",
    { "02-x.md": "---\nkind: run\ntitle: T\n---\n```glassbox\nmodel: a\n```\n" },
    "tiny/02-x.md:5",
    /needs a name/,
  ],
  [
    "an answer without its question",
    { "02-x.md": "---\nkind: score\ntitle: T\n---\n```answer\nnone\n```\n" },
    "tiny/walkthrough.md:1",
    /no question none/,
  ],
  [
    "a reading of a block that is not there",
    {
      "02-x.md":
        "---\nkind: run\ntitle: T\n---\n```figure\nkind: bars\ntitle: F\nbars: [{ label: L, reading: two/g.sum }]\n```\n",
    },
    "tiny/walkthrough.md:1",
    /two\/g.sum speaks of no block/,
  ],
  ["a file without front matter", { "02-x.md": "Hello" }, "tiny/02-x.md:1", /front matter/],
  ["YAML that is none", { "01-run.md": step.replace("kind: run", "kind: [") }, "tiny/01-run.md:3", /./],
] as const) {
  test(`${what} is said with its file and line`, () => {
    assert.throws(
      () => parse(files),
      (error: unknown) => error instanceof GlassboxError && sentence.test(error.what) && error.where === where,
    );
  });
}

test("no HTML passes through Markdown, and what it renders is closed", () => {
  assert.equal(
    renderMarkdown('<img src=x onerror=alert(1)> & `<b>` [a](https://x.y/"z)', (tex) => tex),
    '<p>&#60;img src=x onerror=alert(1)&#62; &#38; <code>&#60;b&#62;</code> <a href="https://x.y/&#34;z">a</a></p>',
  );
  assert.equal(
    renderMarkdown("- a\n  b\n- c", (tex) => tex),
    "<ul><li>a b</li><li>c</li></ul>",
  );
  assert.match(
    renderMarkdown("| a | b |\n|---|---|\n| 1 | 2 |", (tex) => tex),
    /<th scope="row">1<\/th><td>2<\/td>/,
  );
  assert.equal(
    renderMarkdown("$$\na < b\n$$", (tex, display) => `${display}:${tex.length}`),
    '<div class="formula" tabindex="0" role="group" aria-label="Formula">true:5</div>',
  );
});

test("a changed option stands in the experiment's text, and all else stays", () => {
  const text =
    "model: a.onnx\ninputs: [b.png]\nanalyses:\n  - id: ig\n    method: integrated-gradients\n    options: { baseline: zero, steps: 9 }\n  - method: gradient\n";
  const { experiment } = parseExperiment(withChanges(text, { "ig.baseline": "white" }));
  assert.equal(experiment!.analyses[0]!.options.baseline!.value, "white");
  assert.equal(experiment!.analyses[0]!.options.steps!.value, 9);
  assert.equal(withChanges(text, {}), text);
  assert.throws(() => withChanges(text, { "cam.baseline": "white" }), /cam\.baseline is of no analysis/);
});

test("a slider is right within its tolerance, falls to nothing at five times it; a choice is right or wrong", () => {
  const slider: Question = {
    id: "q",
    ask: "",
    truth: "",
    scale: 1,
    why: "",
    answer: { kind: "slider", from: 0, to: 100, step: 1, unit: "%", near: 4 },
  };
  assert.deepEqual(
    [50, 54, 46, 62, 70, 80].map((predicted) => scoreOf(slider, predicted, 50)),
    [100, 100, 100, 50, 0, 0],
  );
  const choices = [
    { say: "few", from: 0, to: 0.1 },
    { say: "many", from: 0.1, to: 1 },
  ];
  assert.deepEqual(
    [0, 0.1, 1].map((truth) => rightChoice(choices, truth)),
    [0, 1, -1],
  );
});

const root = process.env.GLASSBOX_ROOT ?? process.cwd();

test("every walkthrough that ships parses; its blocks are experiments that parse; its citation says how it was checked", () => {
  const folder = path.join(root, "walkthroughs");
  const ids = fs.readdirSync(folder).filter((id) => fs.existsSync(path.join(folder, id, "walkthrough.md")));
  assert.ok(ids.length >= 2);
  let claims = 0;
  for (const id of ids) {
    const files = new Map(
      fs
        .readdirSync(path.join(folder, id))
        .filter((name) => name.endsWith(".md"))
        .map((name) => [name, fs.readFileSync(path.join(folder, id, name), "utf8")]),
    );
    const walkthrough = parseWalkthrough(id, files, bareWorkshop);
    assert.ok(walkthrough.paper.checked.length > 40, id);
    for (const kind of ["hook", "predict", "run", "score", "break", "yours", "limits", "citation"] as const)
      assert.ok(
        walkthrough.steps.some((each) => each.kind === kind),
        `${id} has a step of kind ${kind}`,
      );
    for (const part of walkthrough.steps.flatMap(({ parts }) => parts)) {
      if (part.kind !== "block") continue;
      const { text, file } = part.block;
      const { experiment, problems } = parseExperiment(text);
      assert.ok(!hasErrors(problems), `${file}: ${JSON.stringify(problems)}`);
      claims += experiment!.claims.length;
    }
  }
  assert.ok(claims >= 20, `${claims} claims`);
});
