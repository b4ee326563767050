import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import type { TextEdit } from "vscode-languageserver";
import { picture, useLanguageServer } from "./language-server.ts";

const server = useLanguageServer();

test("Python: model files and layers are known, everything else is passed over in silence", async () => {
  assert.match(
    (await server.hoverText('net = load_model("efficient‸net-lite0.onnx")\n', "python"))!,
    /1000 classes[\s\S]*Explain a prediction/,
  );
  const sites = await server.sites();
  const site = sites.find((name) => name.split(".").length >= 3 && /^[\w.]+$/.test(name));
  if (site) {
    const parts = site.split(".");
    const attribute = parts.map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : i ? `.${part}` : part)).join("");
    const code = 'net = load_model("efficientnet-lite0.onnx")\n';
    await server.hoverSays(`${code}x = cache["${site.slice(0, 4)}‸${site.slice(4)}"]\n`, /float32\[1, /, "python");
    await server.hoverSays(
      `${code}hook(net.${attribute.slice(0, 4)}‸${attribute.slice(4)})\n`,
      /float32\[1, /,
      "python",
    );
    // No file is named: the workspace's one model is meant.
    await server.hoverSays(`hook(model.${attribute.slice(0, 4)}‸${attribute.slice(4)})\n`, /float32\[1, /, "python");
  }
  for (const silent of [
    'x = "missing‸.onnx"',
    "print(os.pa‸th.join)",
    '# load("efficient‸net-lite0.onnx")',
    "model.layer‸99[1].conv2",
    'a["some.th‸ing"]',
  ])
    assert.equal(await server.hoverText(`${silent}\n`, "python"), undefined, silent);
  const lenses = await server.codeLenses(
    server.open('import x\nnet = load("efficientnet-lite0.onnx")\nagain = load("efficientnet-lite0.onnx")\n', "python"),
  );
  assert.deepEqual(
    lenses.map(({ range, command }) => [range.start.line, command!.title]),
    [[1, "Explain efficientnet-lite0.onnx"]],
  );
});

test("Python: a unit has its picture, however the code picks it", async () => {
  const code = 'net = load_model("efficientnet-lite0.onnx")\n';
  for (const unit of [
    'act = cache["_blocks.0._b‸n1"][:, 3]',
    "act = net._blocks[0]._b‸n1(x)[0, 3, ...]",
    'show("_blocks.0._b‸n1:3")',
    'objective = "unit:_blocks.0._b‸n1:3"',
  ]) {
    const words = await server.hoverSays(`${code}${unit}\n`, picture, "python");
    assert.match(words, /Unit 3 of 32 of `_blocks\.0\._bn1`/, unit);
    assert.match(words, /Explain a prediction/);
  }
  await server.hoverSays(`${code}act = cache["_blocks.0._b‸n1"]\n`, /On 3 photographs: mean/, "python");
  assert.match((await server.hoverText(`${code}act = cache["_blocks.0._b‸n1"][:, 99]\n`, "python"))!, /channel 32/);
});

test("Python: language models have shapes with named axes, and a lens that opens the workbench", async () => {
  for (const [file, layers] of [
    ["text/llama.gguf", /llama/i],
    ["text/gpt2/model.safetensors", /gpt2|gpt-2/i],
  ] as const) {
    const code = `model = load("${file}")\n`;
    const about = (await server.hoverText(`model = load("${file.slice(0, 4)}‸${file.slice(4)}")\n`, "python"))!;
    assert.match(about, layers);
    assert.match(
      about,
      /layers of \d+ heads, width \d+[\s\S]*\[Open in the text workbench\]\(command:glassbox\.openTextFile/,
    );
    assert.match(
      (await server.hoverText(`${code}p = cache["blocks.1.attn.hook_pat‸tern"]\n`, "python"))!,
      /head \d+ × query × key/,
    );
    assert.match(
      (await server.hoverText(`${code}p = cache["patt‸ern", 1]\n`, "python"))!,
      /`blocks\.1\.attn\.hook_pattern`[\s\S]*head \d+ × query × key/,
    );
    assert.match(
      (await server.hoverText(`${code}r = model.blocks[0].hook_resid‸_pre\n`, "python"))!,
      /token × feature \d+/,
    );
    const lenses = await server.codeLenses(server.open(code, "python"));
    assert.deepEqual(
      lenses.map(({ command }) => [command!.title, command!.command]),
      [[`Open ${path.basename(file)} in the Text Workbench`, "glassbox.openTextFile"]],
    );
    for (const silent of [`${code}p = cache["blocks.99.attn.hook_pat‸tern"]`, `${code}p = cache["patt‸ern", 99]`])
      assert.equal(await server.hoverText(`${silent}\n`, "python"), undefined, silent);
  }
  // Weights without a config may be anything.
  const weights = server.open('a = load("text/adapter.safetensors")\n', "python");
  assert.deepEqual(await server.connection.sendRequest("textDocument/codeLens", weights), []);
  assert.equal(await server.hoverText('a = load("text/adap‸ter.safetensors")\n', "python"), undefined);
  assert.ok(!server.asked.some(({ method }) => method === "language/open"), "no model is opened for a hover");
});

test("Python: sites are completed where a string picks or has begun like one, and nowhere else", async () => {
  const at = async (code: string): Promise<readonly string[]> =>
    (await server.complete(code, "python")).items.map(({ label }) => label);
  const vision = 'net = load_model("efficientnet-lite0.onnx")\n';
  assert.equal((await at(`${vision}x = cache["‸"]`)).length, 101);
  assert.ok((await at(`${vision}x = layer("_blocks.0.‸")`)).every((label) => label.startsWith("_blocks.0.")));
  const { items } = await server.complete(
    'model = load("text/llama.gguf")\np = cache["blocks.1.attn.hook‸_pat"]',
    "python",
  );
  const item = items.find(({ label }) => label === "blocks.1.attn.hook_pattern")!;
  assert.match(item.detail!, /head \d+ × query × key/);
  assert.deepEqual((item.textEdit as TextEdit).range, {
    start: { line: 1, character: 11 },
    end: { line: 1, character: 'p = cache["blocks.1.attn.hook_pat'.length },
  });
  for (const silent of ['x = f("‸")', "x = net.‸", 'x = f("a text‸")', "# cache['‸", 'x = {"a": "‸"}'])
    assert.deepEqual(await at(`${vision}${silent}`), [], silent);
  assert.deepEqual(await at('x = cache["‸"]'), [], "no model is named");
});

test("Python: a site that is a slip of the fingers away is underlined and mended; what may be another model's is not", async () => {
  const code =
    'model = load("text/llama.gguf")\np = cache["blocks.1.attn.hook_patern"]\nq = cache["blocks.77.attn.hook_pattern"]\nr = cache["encoder.block.layer"]\n';
  const {
    uri,
    problems: [problem, another],
    fixes: [fix],
  } = await server.problemsOf(code, "unknown-site", "python");
  assert.equal(another, undefined);
  assert.equal(
    problem!.message,
    "llama.gguf has no site blocks.1.attn.hook_patern. Did you mean blocks.1.attn.hook_pattern?",
  );
  assert.deepEqual(problem!.range, { start: { line: 1, character: 11 }, end: { line: 1, character: 36 } });
  assert.deepEqual(fix!.edit!.changes![uri], [{ range: problem!.range, newText: "blocks.1.attn.hook_pattern" }]);
});

test("Python: an imported module's attributes are no layers", async () => {
  const named = 'net = load_model("efficientnet-lite0.onnx")\n';
  for (const line of ["import _m as net", "from lib import (net, b)", "import net.sub"])
    assert.equal(await server.hoverText(`${line}\n${named}x = net._blocks[0]._b‸n1\n`, "python"), undefined, line);
  assert.match((await server.hoverText(`import other\n${named}x = net._blocks[0]._b‸n1\n`, "python"))!, /channel 32/);
});
