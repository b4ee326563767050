import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFlags, type FlagTable } from "./flags.ts";

const flags: FlagTable = {
  method: { kind: "text", description: "" },
  out: { kind: "text", value: "<folder>", description: "" },
  json: { kind: "switch", description: "" },
};

test("words that are no flags keep their order", () => {
  assert.deepEqual(parseFlags(["a.onnx", "--json", "b.png"], flags).positionals, ["a.onnx", "b.png"]);
});

test("a list is repeated or separated by commas; of a single value the last counts", () => {
  const given = parseFlags(["--method", "a,b", "--method=c", "--out", "x", "--out=y"], flags);
  assert.deepEqual(given.list("method"), ["a", "b", "c"]);
  assert.equal(given.text("out"), "y");
});

test("a value may be empty or begin with a minus sign", () => {
  assert.equal(parseFlags(["--out="], flags).text("out"), "");
  assert.equal(parseFlags(["--out=-3"], flags).text("out"), "-3");
});

test("a switch is on, off, or not named", () => {
  assert.equal(parseFlags(["--json"], flags).on("json"), true);
  assert.equal(parseFlags(["--no-json"], flags).on("json"), false);
  assert.equal(parseFlags([], flags).on("json"), undefined);
});

test("what follows two dashes is never a flag", () => {
  assert.deepEqual(parseFlags(["--", "--json"], flags).positionals, ["--json"]);
});

const refused: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
  [["--metod", "a"], /no flag --metod here \(?.*Did you mean --method\?/],
  [["--frobnicate"], /Add --help/],
  [["--out"], /--out needs a value.*<folder>/],
  [["--out", "--json"], /--out needs a value/],
  [["--json=yes"], /--json takes no value/],
];
for (const [args, sentence] of refused) {
  test(`${args.join(" ")} is refused with a sentence`, () => {
    assert.throws(() => parseFlags(args, flags), sentence);
  });
}

test("a loose first look leaves unknown flags alone", () => {
  assert.deepEqual([...parseFlags(["--frobnicate", "--json"], flags, { loose: true }).names], ["json"]);
});
