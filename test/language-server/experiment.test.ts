import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompletionList, DocumentSymbol, Hover, InlayHint, TextEdit } from "vscode-languageserver";
import { inputKeys } from "../../src/experiment/read-input.ts";
import { experimentRan } from "../../src/protocol/language-server.ts";
import { asRead, head, picture, useLanguageServer } from "./language-server.ts";

const server = useLanguageServer();

test("completion: keys at every level, by what the method takes", async () => {
  assert.ok((await server.labels("mo‸")).includes("model"));
  assert.deepEqual(await server.labels(`${head}analyses:\n  - ‸`), ["id", "method", "target", "options", "sites"]);
  assert.deepEqual(await server.labels(`${head}analyses:\n  - method: prediction\n    ‸`), ["id", "method", "options"]);
  assert.ok(
    (await server.labels(`${head}analyses:\n  - method: smoothgrad\n    options:\n      ‸`)).includes("samples"),
  );
  assert.ok(
    (await server.labels(`${head}analyses:\n  - method: smoothgrad\n    options: { samples: 3, ‸ }`)).includes("noise"),
  );
});

test("completion: methods, an option's values, conventions, files", async () => {
  assert.ok((await server.labels(`${head}analyses:\n  - method: ‸`)).includes("integrated-gradients"));
  assert.ok((await server.labels(`${head}analyses: [{ method: ‸ }]`)).includes("grad-cam"));
  assert.deepEqual(
    await server.labels(`${head}analyses:\n  - id: a\n    method: integrated-gradients\n    options:\n      rule: ‸`),
    ["adaptive", "gauss-legendre", "trapezoid", "midpoint", "left", "right"],
  );
  assert.ok((await server.labels("preprocessing: ‸")).includes("imagenet"));
  assert.deepEqual(
    (await server.labels("model: ‸")).filter((each) => !each.endsWith("/")),
    ["efficientnet-lite0.onnx"],
  );
  assert.ok((await server.labels("inputs:\n  - ‸")).includes("chelsea.png"));
});

test("completion: sites, classes and units of the actual model", async () => {
  const sites = await server.sites();
  assert.ok(sites.length > 20, `${sites.length} sites`);
  assert.deepEqual(await server.labels(`${head}analyses:\n  - method: grad-cam\n    options: { layer: ‸ }`), sites);
  assert.ok((await server.labels(`${head}analyses:\n  - method: gradient\n    target: ‸`)).includes("Egyptian cat"));
});

test("completion: a target's terms one after the other: sites, then their channels, and classes by number or name", async () => {
  const at = (target: string): Promise<CompletionList> =>
    server.complete(`${head}analyses:\n  - method: gradient\n    target: ${target}\n`);
  const sites = (await at("unit:‸")).items;
  const site = sites.find(({ label }) => label === "unit:_blocks.0._bn1:")!;
  assert.equal(site.detail, "batch 1 × channel 32 × row 112 × column 112");
  assert.equal(site.command?.command, "editor.action.triggerSuggest", "its channels are suggested at once");
  const channels = (await at("logit:285 - unit:_blocks.0._bn1:‸")).items;
  assert.equal(channels.length, 32);
  assert.equal(channels[31]!.label, "unit:_blocks.0._bn1:31");
  const edit = channels[31]!.textEdit as TextEdit;
  const line = "    target: logit:285 - ";
  assert.deepEqual(
    edit.range,
    {
      start: { line: 4, character: line.length },
      end: { line: 4, character: line.length + "unit:_blocks.0._bn1:".length },
    },
    "the term before it stays",
  );
  const { range } = (await at("unit:_blocks‸.1:3 + logit:1")).items[0]!.textEdit as TextEdit;
  assert.deepEqual(
    [range.start.character, range.end.character],
    ["    target: ".length, "    target: unit:_blocks.1:3".length],
    "and so does the one after it",
  );
  const classes = (await at("logit:‸")).items;
  assert.equal(classes.length, 1000);
  assert.deepEqual([classes[285]!.label, classes[285]!.detail], ["logit:285", "Egyptian cat"]);
  assert.match(classes[285]!.filterText!, /Egyptian cat/);
  assert.deepEqual(
    (await at("‸")).items.slice(-2).map(({ label }) => label),
    ["logit:", "unit:"],
  );
});

test("completion and hover: inputs that are units, labelled data, and a language model's own facts", async () => {
  const unit = (written: string): string =>
    `model: efficientnet-lite0.onnx\ninputs:\n  - unit: ${written}\nanalyses:\n  - method: maximized-activation\n`;
  assert.ok((await server.labels(unit("‸"))).includes("_blocks.0._bn1:"));
  assert.deepEqual((await server.labels(unit("_blocks.0._bn1:‸"))).slice(0, 2), [
    "_blocks.0._bn1:0",
    "_blocks.0._bn1:1",
  ]);
  assert.match((await server.hoverText(unit("_blocks.0._b‸n1:99")))!, /has 32 units/);
  assert.ok((await server.labels("inputs:\n  - { data: ‸ }\n")).includes("procedural"));
  assert.match((await server.hoverText("model: text/lla‸ma.gguf\n"))!, /layers of \d+ heads/);
  const { textDocument } = server.open(
    "model: text/llama.gguf\ninputs: [{ prompt: a }]\nanalyses:\n  - method: next-tokens\n",
  );
  const hints = await server.connection.sendRequest<InlayHint[]>("textDocument/inlayHint", {
    textDocument,
    range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } },
  });
  assert.match(String(hints[0]?.label), /M parameters/);
});

test("completion: claims know the analyses and what is read of them", async () => {
  const list = await server.labels(
    `${head}analyses:\n  - { id: ig, method: integrated-gradients }\nclaims:\n  - expect: ‸`,
  );
  assert.ok(list.includes("ig.certificate.completeness.net") && list.includes("ig.share(mask)"));
  assert.ok(
    (
      await server.labels(`${head}analyses:\n  - { id: shape, method: linear-probes }\nclaims:\n  - expect: ‸`)
    ).includes("shape.trained(site).validationBits"),
  );
  assert.deepEqual(
    await server.labels(`${head}analyses:\n  - method: gradient\nclaims:\n  - expect: gradient.half\n    on: ‸`),
    ["chelsea.png"],
  );
});

test("every key of the format says what it means", async () => {
  const said = (key: string): Promise<string | undefined> =>
    server.hoverText(`model: m.onnx\ninputs:\n  - ${key.slice(0, 1)}‸${key.slice(1)}: a\n`);
  for (const key of inputKeys) assert.ok(await said(key), key);
});

test("hover: a method with formula, paper and cost; an option with its limits; a key", async () => {
  const method = (await server.hoverText(`${head}analyses:\n  - method: integrated-g‸radients\n`))!;
  assert.match(method, /∫₀¹/);
  assert.match(method, /arxiv\.org/);
  assert.match(method, /Cost: one gradient/);
  assert.match(
    (await server.hoverText(`${head}analyses:\n  - method: smoothgrad\n    options: { no‸ise: 0.1 }\n`))!,
    /default 0\.15/,
  );
  assert.match((await server.hoverText(`mod‸el: a.onnx\n`))!, /relative to this one/);
});

test("hover: a site with its shape and named axes, a unit, a class, the model", async () => {
  const [site] = (await server.sites()).slice(-6);
  const about = (await server.hoverText(
    `${head}analyses:\n  - method: grad-cam\n    sites: [${site!.slice(0, 2)}‸${site!.slice(2)}]\n`,
  ))!;
  assert.match(about, /float32\[1, \d+/);
  assert.match(about, /channel \d+|feature \d+|class \d+|\d+ × /);
  assert.match(
    (await server.hoverText(`${head}analyses:\n  - method: gradient\n    target: unit:${site}:1‸2\n`))!,
    /Unit 12 of \d+/,
  );
  assert.match((await server.hoverText(`${head}analyses:\n  - method: gradient\n    target: 28‸5\n`))!, /Egyptian cat/);
  assert.match((await server.hoverText("model: efficient‸net-lite0.onnx\n"))!, /1000 classes/);
  assert.equal(await server.hoverText(`${head}# model: efficient‸net\n`), undefined);
});

test("hover: a site's statistics over the photographs, computed once, with its strongest units as links", async () => {
  const words = await server.hoverSays(
    `${head}analyses:\n  - method: grad-cam\n    sites: [_blocks.0._b‸n1]\n`,
    /On 3 photographs: mean/,
  );
  assert.match(words, /channel 32 × row 112 × column 112/);
  assert.match(
    words,
    /mean −?[\d.]+, deviation [\d.]+, from −?[\d.]+ to [\d.]+, above 0 at \d+ % of its values\. Highest on average: units \[\d+\]\(command:glassbox\.visualizeUnit/,
  );
  await server.hoverSays(
    `${head}analyses:\n  - method: grad-cam\n    options: { layer: _blocks‸.15 }\n`,
    /On 3 photographs/,
  );
  assert.equal(server.asked.filter(({ method }) => method === "sites/statistics").length, 1, "one pass has every site");
});

test("hover: a unit is shown by the picture that drives it most, grown once", async () => {
  const text = `${head}analyses:\n  - method: gradient\n    target: unit:_blocks.0._bn1:‸3\n`;
  const words = await server.hoverSays(text, picture);
  assert.match(words, /Unit 3 of 32/);
  const png = picture.exec(words)![1]!;
  assert.equal(Buffer.from(png, "base64").subarray(1, 4).toString(), "PNG");
  assert.ok(png.length < 64 * 1024, `${png.length} letters`);
  assert.match(words, /above 0 at \d+ % of the positions/);
  assert.match(words, /\[What does this unit look for\?\]\(command:glassbox\.visualizeUnit/);
});

test("diagnostics and quick fixes: method, option, range, site, class, missing file, shape", async () => {
  const text = `model: efficientnet-lite0.onnx
inputs: [chelsey.png, small.npy]
analyses:
  - method: smoothgard
  - method: smoothgrad
    options: { samples: 5000, noize: 0.1 }
  - method: grad-cam
    sites: [no.such.site]
    target: Egyptian kat
`;
  const { uri, problems: found, fixes } = await server.problemsOf(text, "unknown-site");
  const codes = found.map(({ code, range }) => `${range.start.line + 1} ${code}`).sort();
  for (const wanted of [
    "2 missing-file",
    "2 shape-mismatch",
    "4 unknown-method",
    "6 out-of-range",
    "6 unknown-option",
    "8 unknown-site",
    "9 unknown-class",
  ])
    assert.ok(codes.includes(wanted), `${wanted} in ${codes.join(", ")}`);
  const titles = fixes.map(({ title }) => title);
  for (const wanted of [
    "Change to smoothgrad",
    "Change to 1000",
    "Change to noise",
    "Change to Egyptian cat",
    "Change to chelsea.png",
  ])
    assert.ok(titles.includes(wanted), `${wanted} in ${titles.join(", ")}`);
  const fix = fixes.find(({ title }) => title === "Change to smoothgrad")!;
  assert.deepEqual(fix.edit!.changes![uri]![0], {
    range: { start: { line: 3, character: 12 }, end: { line: 3, character: 22 } },
    newText: "smoothgrad",
  });
  assert.equal(fix.isPreferred, true);
});

test("diagnostics and quick fixes: an unsound probe, scored on its training data and without its controls", async () => {
  const text = `model: efficientnet-lite0.onnx
inputs: [{ data: procedural:200, label: shape }]
analyses:
  - { id: shape, method: linear-probes, sites: [_swish], options: { shuffled: false } }
claims:
  - { expect: shape.trained(_swish).train.accuracy, above: 0.9 }
`;
  const { problems, fixes } = await server.problemsOf(text, "unsound-probe");
  assert.deepEqual(
    problems.map(({ code, severity, range }) => [range.start.line + 1, code, severity]),
    [
      [4, "unsound-probe", 2],
      [6, "unsound-probe", 2],
    ],
  );
  assert.deepEqual(
    fixes.map(({ title }) => title),
    ["Change to true", "Change to shape.trained(_swish).test.accuracy"],
  );
});

const whole = `${head}analyses:\n  - { id: ig, method: integrated-gradients }\nclaims:\n  - expect: ig.certificate.completeness.net\n    atMost: 0.01\n`;

test("code lenses run and check; after a check they say what holds, and a claim's hover says both numbers", async () => {
  const { uri, textDocument } = server.open(whole);
  const lenses = await server.codeLenses({ textDocument });
  assert.deepEqual(
    lenses.map(({ command }) => [command!.title, command!.command]),
    [
      ["▶ Run", "glassbox.runExperiment"],
      ["✓ Check", "glassbox.checkExperiment"],
    ],
  );
  const range = { start: { line: 5, character: 4 }, end: { line: 6, character: 16 } };
  await server.connection.sendNotification(experimentRan, {
    uri,
    claims: [
      {
        index: 0,
        range,
        status: "fails",
        what: "",
        expected: "at most 0.01",
        found: "0.02",
        sentence: "ig… is 0.02, expected at most 0.01.",
      },
    ],
  });
  assert.match((await server.codeLenses({ textDocument }))[1]!.command!.title, /0 of 1 claims hold/);
  const hover = await server.connection.sendRequest<Hover>("textDocument/hover", {
    textDocument,
    position: { line: 6, character: 14 },
  });
  assert.match(asRead(hover), /0\.02, expected at most 0\.01/);
  assert.deepEqual(
    await server.connection.sendRequest("textDocument/codeLens", {
      textDocument: server.open(whole.replace("integrated-gradients", "none")).textDocument,
    }),
    [],
  );
});

test("inlay hints, document symbols and formatting", async () => {
  const { textDocument } = server.open(`${head}analyses:\n  - { id: ig, method: integrated-gradients, target: 285 }\n`);
  const hints = await server.connection.sendRequest<InlayHint[]>("textDocument/inlayHint", {
    textDocument,
    range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } },
  });
  assert.deepEqual(
    hints.map(({ label }) => label),
    ["1000 classes, 4.6 M parameters", "Egyptian cat"],
  );
  const symbols = await server.connection.sendRequest<DocumentSymbol[]>(
    "textDocument/documentSymbol",
    server.open(whole),
  );
  assert.deepEqual(
    symbols.map(({ name }) => name),
    ["efficientnet-lite0.onnx", "chelsea.png", "ig", "ig.certificate.completeness.net"],
  );
  const edits = await server.connection.sendRequest<TextEdit[]>("textDocument/formatting", {
    ...server.open("# why\nmodel:   a.onnx\ninputs: [b.png]\nanalyses:\n    - {method:  gradient}\n"),
    options: { tabSize: 2, insertSpaces: true },
  });
  assert.equal(edits[0]!.newText, "# why\nmodel: a.onnx\ninputs: [ b.png ]\nanalyses:\n  - { method: gradient }\n");
  assert.deepEqual(
    await server.connection.sendRequest("textDocument/formatting", {
      ...server.open("model: [\n"),
      options: { tabSize: 2, insertSpaces: true },
    }),
    [],
  );
});
