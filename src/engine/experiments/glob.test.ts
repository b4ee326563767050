import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { matchesGlob } from "./glob.ts";

const matches = (pattern: string, name: string): boolean => matchesGlob(pattern.split("/"), name.split("/"));

test("* and ? stay within a name, ** goes through folders", () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["*.png", ["a.png", ".png", "a.b.png"], ["a.jpg", "x/a.png", "a.pngx"]],
    ["a?c", ["abc"], ["ac", "abbc"]],
    ["**/*.png", ["a.png", "x/a.png", "x/y/a.png"], ["x/a.jpg"]],
    ["**/**/a*", ["a", "x/ab", "x/y/z/a"], ["x/b"]],
    ["x/**", ["x/a", "x/y/a"], ["y/a"]],
    ["x/**/y/*", ["x/y/a", "x/z/y/a", "x/y/y/a"], ["x/y", "y/a"]],
    ["*a*b*", ["ab", "xaxbx", "aabb"], ["ba"]],
    ["(a+)+$", ["(a+)+$"], ["aaa"]],
  ];
  for (const [pattern, yes, no] of cases) {
    for (const name of yes) assert.ok(matches(pattern, name), `${pattern} matches ${name}`);
    for (const name of no) assert.ok(!matches(pattern, name), `${pattern} does not match ${name}`);
  }
});

/** The definition, by recursion. */
const defined = (pattern: string, name: string): boolean =>
  pattern === ""
    ? name === ""
    : pattern[0] === "*"
      ? defined(pattern.slice(1), name) || (name !== "" && defined(pattern, name.slice(1)))
      : name !== "" && (pattern[0] === "?" || pattern[0] === name[0]) && defined(pattern.slice(1), name.slice(1));

test("two thousand small patterns match what the definition matches", () => {
  const random = new Random(7);
  const word = (letters: string, longest: number): string =>
    Array.from({ length: random.integer(longest + 1) }, () => letters[random.integer(letters.length)]).join("");
  for (let i = 0; i < 2000; i++) {
    const [pattern, name] = [word("ab*?", 6).replaceAll("**", "*"), word("ab", 7)];
    assert.equal(matches(pattern, name), defined(pattern, name), `${pattern} on ${name}`);
  }
});

test("patterns on which backtracking takes longer than a lifetime are answered", () => {
  const letters = "a".repeat(200);
  assert.ok(!matches(`${"*a".repeat(100)}*b.jpg`, `${letters}.jpg`));
  assert.ok(matches(`${"*a".repeat(100)}*.jpg`, `${letters}.jpg`));
  const folders = Array<string>(100).fill("a").join("/");
  assert.ok(!matches(`${"**/a/".repeat(50)}b`, folders));
  assert.ok(matches(`${"**/**/".repeat(500)}*`, folders));
});
