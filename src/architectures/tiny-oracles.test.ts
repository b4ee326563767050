import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { tinyNames, tinyOracle, tinyPath } from "../../test/oracles/tiny-oracle.ts";
import { evaluate } from "../graph/evaluate.ts";
import { coreOperators } from "../graph/ops/table.ts";
import { prune } from "../graph/prune.ts";
import { onnxRuntime } from "../runtime/onnxruntime/onnxruntime.ts";
import { WeightStore } from "../runtime/weight-store.ts";
import { fromFloat64, toFloat64 } from "../tensor/tensor.ts";
import { decoderGraph, tokensInput } from "./decoder.ts";
import { openDecoder } from "./open.ts";
import { wholePrompts } from "./sequence.ts";

const store = fs.mkdtempSync(path.join(fs.realpathSync(process.env["TMPDIR"] ?? "/tmp"), "glassbox-tiny-"));
test.after(() => fs.rmSync(store, { recursive: true }));

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)),
    a.length === b.length ? 0 : Infinity,
  );

for (const name of tinyNames) {
  test(`${name}: every site and logit is transformers', to 1e-9 in float64 and 1e-4 in float32`, async () => {
    const oracle = tinyOracle(name);
    const opened = openDecoder(tinyPath(name), name);
    const graph = decoderGraph(opened.decoder, wholePrompts(1, oracle.tokens.length));
    const sites = Object.keys(oracle.sites).map(
      (site) => graph.sites.find((each) => each.name === site) ?? assert.fail(`there is no site ${site}`),
    );
    const whole = prune({ ...graph, outputs: [...new Set([...graph.outputs, ...sites.map(({ value }) => value)])] });
    const feeds = new Map([[tokensInput, fromFloat64("int64", [1, oracle.tokens.length], oracle.tokens)]]);

    const exact = evaluate(whole, feeds, coreOperators);
    const program = await (await onnxRuntime(new WeightStore(store))).compile(whole);
    const single = await program.run(feeds);
    for (const [label, value, expected] of [
      ["logits", graph.outputs[0]!, oracle.logits] as const,
      ...sites.map((site) => [site.name, site.value, oracle.sites[site.name]!] as const),
    ]) {
      assert.ok(largestDifference(exact.get(value)!.data, expected.data) <= 1e-9, `${label} in float64`);
      assert.ok(largestDifference(toFloat64(single.get(value)!), expected.data) <= 1e-4, `${label} in float32`);
    }
    await program.release();
    opened.close();
  });
}
