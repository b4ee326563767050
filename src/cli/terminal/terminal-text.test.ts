import assert from "node:assert/strict";
import { test } from "node:test";
import { oneLine, severalLines } from "./terminal-text.ts";

/** Sets the clipboard, renames the window, clears the screen, moves the cursor; in C0, in C1, and without either. */
const attacks = [
  "\u001b]52;c;ZXZpbA==\u0007",
  "\u001b]0;title\u001b\\",
  "\u001b[2J",
  "\u009b2J",
  "\u009d0;title\u009c",
  "\u0090q\u009c",
  "a\rb\bc\u007f",
  "user\u202etxt.exe\u2066x\u2069",
  "a\u2028b",
];

test("a terminal obeys nothing of a line, and can show all of it", () => {
  for (const text of attacks) {
    assert.doesNotMatch(oneLine(text), /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
    const read = oneLine(text).replace(/\\u([0-9a-f]{4})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    assert.equal(read, text);
  }
  assert.equal(oneLine("a\n✓ complete"), "a\\u000a✓ complete");
});

test("letters of every language, emoji and joiners stay as they are", () => {
  for (const text of ["grüße 猫 שלום 👩‍🔬 ✓ △ · ⏎", "नमस्ते"]) assert.equal(oneLine(text), text);
});

test("a text of several lines keeps its line ends and tabs, and nothing else that is obeyed", () => {
  assert.equal(severalLines("a\n\tb\u001b[2J\r"), "a\n\tb\\u001b[2J\\u000d");
});

test("a JSON document is the same document after it was spelled", () => {
  const document = { name: "\u009b2J\u202e", other: "\u001b]0;x\u0007" };
  assert.deepEqual(JSON.parse(severalLines(JSON.stringify(document, null, 2))), document);
});
