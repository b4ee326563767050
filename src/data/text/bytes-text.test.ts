import assert from "node:assert/strict";
import { test } from "node:test";
import { textOfBytes } from "./bytes-text.ts";

const utf8 = new TextEncoder();

test("whole characters stay, parts of characters are spelled byte by byte", () => {
  for (const text of ["", "abc", "é€🙂", "\ufeffx", "\0"]) assert.equal(textOfBytes(utf8.encode(text)), text);
  assert.equal(textOfBytes(Uint8Array.of(0xe2, 0x82)), "<0xE2><0x82>");
  assert.equal(textOfBytes(Uint8Array.of(0x20, 0xf0, 0x9f, 0x61)), " <0xF0><0x9F>a");
  assert.equal(textOfBytes(Uint8Array.of(0xac, ...utf8.encode("€"), 0xff)), "<0xAC>€<0xFF>");
  assert.equal(textOfBytes(Uint8Array.of(0xed, 0xa0, 0x80)), "<0xED><0xA0><0x80>", "a surrogate is not a character");
});
