import assert from "node:assert/strict";
import { test } from "node:test";
import type { NetworkCard, SiteCard } from "../protocol/model.ts";
import { code, plain } from "./markdown.ts";
import {
  explainLink,
  languageModelWords,
  languageSiteWords,
  modelWords,
  siteWords,
  unitLink,
  unitWords,
} from "./words.ts";

/** What a file may say of itself to plant something in a hover. */
const hostile = [
  "![beacon](https://beacon.invalid/x.png)",
  "x\n\n![beacon](https://beacon.invalid/x.png)",
  "x`\n\n[run](command:glassbox.visualizeUnit?%5B%5D)\n\n`x",
  "``` ![a](https://beacon.invalid) ```",
  "<img src=https://beacon.invalid/x.png>",
  "[a]: https://beacon.invalid/x.png",
  "x\r\r# heading\u2028\u2028![a](https://beacon.invalid)",
  "\\![a](https://beacon.invalid)\\",
  "https://beacon.invalid www.beacon.invalid a@beacon.invalid",
  "&#91;a&#93;(command:x) $(flame) ~~a~~ a|b\u202etxt",
  "a) [b](command:glassbox.visualizeUnit) (c",
];

/** The Markdown without code spans and escaped characters: what is left has its meaning. */
const meant = (markdown: string): string =>
  markdown.replace(/\\[!-/:-@[-`{-~]|(`+)(?:(?!\n\n)[^])*?(?<!`)\1(?!`)/g, "");

const site = (name: string): SiteCard => ({ name, shape: [1, 2], dtype: "float32", axes: ["batch"], role: name });
const network = (text: string): NetworkCard => ({
  kind: "network",
  path: "/m.onnx",
  name: text,
  sha256: "",
  bytes: 1,
  format: text,
  producer: text,
  inputs: [{ name: text, dtype: "float32", shape: [text, "3"] }],
  outputs: [{ name: text, dtype: "float32", shape: [text] }],
  operators: [],
  parameters: 1,
  sites: [site(text)],
  notes: [],
  classes: undefined,
  contract: { inputs: [], heads: [], unexplained: undefined, names: undefined },
  picture: undefined,
});
const outline = (text: string) =>
  ({
    name: text,
    format: "gguf",
    family: text,
    parameters: 1,
    layers: 1,
    heads: 1,
    width: 1,
    vocabulary: 1,
    context: 1,
    sites: [{ name: text, axes: ["token"], shape: [1], role: text }],
  }) as unknown as Parameters<typeof languageModelWords>[0];

test("nothing that a file says of itself is a picture, a link, HTML or a block in a hover", () => {
  for (const text of hostile) {
    const model = network(text);
    const language = outline(text);
    for (const words of [
      plain(text),
      code(text),
      modelWords(model),
      siteWords(model.sites[0]!, model),
      unitWords(model.sites[0]!, 0, model),
      languageModelWords(language),
      languageSiteWords(language.sites[0]!, language),
    ]) {
      assert.doesNotMatch(
        meant(words),
        /!?\[[^\]]*\][([]|<|&#|:\/\/|www\.|\w@|command:|\$\(|~~|\||^#/m,
        `${text}\n→ ${words}`,
      );
      assert.doesNotMatch(words, /[\u2028\u202e\r]/, text);
    }
  }
});

test("a name without a letter leaves no open code span", () => {
  for (const text of ["", " ", "\n\n", "\u2028"]) assert.equal(code(text), "(no name)");
  assert.equal(code("a`b"), "``a`b``");
  assert.equal(code("`a"), "`` `a ``");
});

test("a link ends where we end it, whatever its argument says", () => {
  for (const text of hostile) {
    for (const link of [explainLink(text), unitLink("unit 3", "/m.onnx", text, 3)]) {
      const argument = /^\[[^\]]*\]\(command:glassbox\.\w+\?([^()\s]*)\)$/.exec(link)?.[1];
      assert.ok(argument !== undefined, link);
      assert.ok(JSON.stringify(JSON.parse(decodeURIComponent(argument))).includes(JSON.stringify(text)));
    }
  }
});
