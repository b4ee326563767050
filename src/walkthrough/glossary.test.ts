import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { explainTerms, parseGlossary } from "./glossary.ts";

const glossary = parseGlossary(
  "term: probe\n".replace("term", "- term") +
    "  says: A small classifier.\n- term: linear probe\n  also: [linear probes]\n  says: A probe that adds up.\n- term: logit\n  says: 'A score, x < y.'\n",
  "glossary.yaml",
);
const explain = (html: string, seen = new Set<string>()): readonly string[] =>
  [...explainTerms(html, glossary, seen).matchAll(/<span class="term"[^>]*>([^<]*)/g)].map(([, word]) => word!);

test("each term is explained where it first stands, the longest one first, and not again", () => {
  assert.deepEqual(explain("<p>Linear probes and a probe. A logit, a logit.</p>"), ["Linear probes", "probe", "logit"]);
  assert.deepEqual(explain("<p>A logit.</p>", new Set(["logit"])), []);
});

test("names, formulas, links and headings are left alone, and parts of words are no terms", () => {
  assert.deepEqual(
    explain("<h3>Logit</h3><p><code>logit</code> <a href=x>probe</a> <math>logit</math> probes, logit-like</p>"),
    [],
  );
});

test("what is said is escaped and described to screen readers", () => {
  assert.match(
    explainTerms("a logit", glossary, new Set()),
    /aria-describedby="term-logit">logit<span class="meaning" role="tooltip" id="term-logit">A score, x &#60; y\.<\/span><\/span>$/,
  );
});

test("every term of the glossary that ships stands in some walkthrough, and is explained in at most two short sentences", () => {
  const folder = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "walkthroughs");
  const terms = parseGlossary(fs.readFileSync(path.join(folder, "glossary.yaml"), "utf8"), "glossary.yaml");
  const prose = (fs.readdirSync(folder, { recursive: true }) as string[])
    .filter((file) => file.endsWith(".md"))
    .map((file) => fs.readFileSync(path.join(folder, file), "utf8").toLowerCase())
    .join("\n");
  for (const { term, also, says } of terms) {
    assert.ok(
      [term, ...also].some((word) => prose.includes(word)),
      `nothing speaks of ${term}`,
    );
    assert.ok(says.length <= 160, `${term} is explained at length`);
  }
});
