/** Weight-space scores against those of TransformerLens and NumPy on two tiny checkpoints (test/oracles/circuit-weights.py). */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { openDecoder } from "../../../architectures/open.ts";
import { onnxRuntime } from "../../../runtime/onnxruntime/onnxruntime.ts";
import { referenceRuntime } from "../../../runtime/reference/reference.ts";
import { WeightStore } from "../../../runtime/weight-store.ts";
import type { Complex } from "../../linear-algebra/eigenvalues.ts";
import { singularValuesOfProduct } from "../../linear-algebra/singular-values.ts";
import { LanguageModel } from "../language-model.ts";
import {
  compositionScores,
  headMatrices,
  joinedReading,
  joinedWriting,
  randomLevel,
  readingFactor,
  writingFactor,
} from "./composition.ts";
import { eigenScores } from "./copying.ts";
import { layerSpectra, vocabularyProducts } from "./head-spectra.ts";
import { layerWeights } from "./head-weights.ts";
import { ownTokenShare } from "./own-token-share.ts";
import { tableOf, vectorLogits } from "./vocabulary-maps.ts";
import { matrix } from "../../linear-algebra/matrix.ts";
import { singularDirections } from "./singular-directions.ts";

interface HeadOracle {
  readonly ov_singular_values: readonly number[];
  readonly qk_singular_values: readonly number[];
  readonly ov_eigenvalues: readonly (readonly [number, number])[];
  readonly full_ov_eigenvalues: readonly (readonly [number, number])[];
  readonly copying_score_full: number;
  readonly copying_score_ov: number;
  readonly full_ov_diagonal_rank_share: number;
  readonly ov_singular_vectors_first3: readonly {
    readonly writes_top5: readonly number[];
    readonly writes_top5_values: readonly number[];
    readonly reads_top5: readonly number[];
    readonly reads_top5_values: readonly number[];
  }[];
}
interface WeightsOracle {
  /** [earlier layer][head][later layer][head] */
  readonly composition: Readonly<Record<"Q" | "K" | "V", readonly (readonly (readonly (readonly number[])[])[])[]>>;
  readonly heads: Readonly<Record<string, HeadOracle>>;
}

const folder = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "test", "oracles", "circuits");
const oracles = JSON.parse(fs.readFileSync(path.join(folder, "weights.json"), "utf8")) as Record<string, WeightsOracle>;
const store = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-weights-"));
test.after(() => fs.rmSync(store, { recursive: true }));
const never = (): boolean => false;

const near = (value: number, expected: number, within: number, what: string): void =>
  assert.ok(
    Math.abs(value - expected) <= within * Math.max(1, Math.abs(expected)),
    `${what}: ${value}, not ${expected}`,
  );

/** Sets of eigenvalues: each expected one has its own found one. */
function nearSet(found: readonly Complex[], expected: readonly (readonly [number, number])[], within: number): void {
  const left = [...found];
  for (const [re, im] of expected) {
    const distance = (each: Complex): number => Math.hypot(each.re - re, each.im - im);
    const closest = left.reduce((best, each) => (distance(each) < distance(best) ? each : best));
    near(distance(closest) + Math.hypot(re, im), Math.hypot(re, im), within, `${re} + ${im}i`);
    left.splice(left.indexOf(closest), 1);
  }
}

for (const [name, oracle] of Object.entries(oracles)) {
  for (const runtime of ["reference", "onnxruntime"] as const) {
    const tolerance = runtime === "reference" ? 1e-9 : 1e-4;
    const open = async (): Promise<LanguageModel> =>
      new LanguageModel(
        openDecoder(path.join(folder, name), name).decoder,
        runtime === "reference" ? referenceRuntime : await onnxRuntime(new WeightStore(store)),
      );

    test(`${name}, ${runtime}: spectra, copying scores and top tokens of every head equal the oracle's to ${tolerance}`, async () => {
      const model = await open();
      const { layers, heads, vocabulary } = model.decoder;
      const products = await vocabularyProducts(model, "raw", never);
      for (let layer = 0; layer < layers; layer++) {
        const weights = await layerWeights(model, layer, "raw");
        const all = await layerSpectra(model, weights, products);
        for (let head = 0; head < heads; head++) {
          const own = oracle.heads[`a${layer}.h${head}`]!;
          const spectra = all[head]!;
          const { v, o } = headMatrices(weights, head);
          own.ov_singular_values.forEach((value, i) => near(spectra.ov[i]!, value, tolerance, "σ of OV"));
          own.qk_singular_values.forEach((value, i) => near(spectra.qk[i]!, value, tolerance, "σ of QK"));
          nearSet(spectra.ovEigenvalues, own.ov_eigenvalues, tolerance);
          nearSet(spectra.fullOvEigenvalues, own.full_ov_eigenvalues, tolerance);
          near(eigenScores(spectra.ovEigenvalues).score, own.copying_score_ov, tolerance, "copying of OV");
          near(eigenScores(spectra.fullOvEigenvalues).score, own.copying_score_full, tolerance, "copying");
          const tokens = Array.from({ length: vocabulary }, (_, id) => id);
          const share = await ownTokenShare(model, { v, o }, tokens, "raw", never);
          near(share, own.full_ov_diagonal_rank_share, tolerance, "own token");
          const directions = await singularDirections(model, singularValuesOfProduct(v, o), {
            reads: "embedding",
            writes: "unembedding",
            gains: "raw",
            count: 3,
            top: 5,
            cancelled: never,
          });
          directions.forEach(({ reads, writes }, i) => {
            const expected = own.ov_singular_vectors_first3[i]!;
            assert.deepEqual(writes.ids, expected.writes_top5);
            assert.deepEqual(reads.ids, expected.reads_top5);
            writes.values.forEach((value, k) => near(value, expected.writes_top5_values[k]!, tolerance, "written"));
            reads.values.forEach((value, k) => near(value, expected.reads_top5_values[k]!, tolerance, "read"));
          });
        }
      }
      await model.release();
    });

    test(`${name}, ${runtime}: composition scores equal TransformerLens' to ${tolerance}`, async () => {
      const model = await open();
      const { heads } = model.decoder;
      const [first, second] = [await layerWeights(model, 0, "raw"), await layerWeights(model, 1, "raw")];
      const all = Array.from({ length: heads }, (_, head) => head);
      const writing = joinedWriting(
        model,
        all.map((head) => writingFactor(first.v[head]!, first.o[head]!)),
      );
      for (const kind of ["Q", "K", "V"] as const) {
        const reading = joinedReading(
          model,
          all.map((head) => readingFactor(kind, headMatrices(second, head))),
        );
        const scores = await compositionScores(model, writing, reading);
        scores.forEach((row, earlier) =>
          row.forEach((score, later) =>
            near(score, oracle.composition[kind][0]![earlier]![1]![later]!, tolerance, `${kind} ${earlier} ${later}`),
          ),
        );
      }
      await model.release();
    });
  }
}

test("the score between random heads is 1/√width, whatever the head's width", () => {
  for (const kind of ["Q", "K", "V"] as const) {
    const { mean, deviation } = randomLevel(kind, { width: 100, headWidth: 10 }, 40, 3);
    assert.ok(Math.abs(mean - 0.1) < 0.003 && deviation < 0.01, `${kind}: ${mean} ± ${deviation}`);
  }
});

test("folded weights are raw ones times the gain of the norm before them", async () => {
  const model = new LanguageModel(openDecoder(path.join(folder, "gpt2-tiny"), "gpt2-tiny").decoder, referenceRuntime);
  const [raw, folded] = [await layerWeights(model, 1, "raw"), await layerWeights(model, 1, "folded")];
  const gain = (row: number): number => folded.q[0]!.data[row * 8]! / raw.q[0]!.data[row * 8]!;
  assert.ok(Math.abs(gain(0) - gain(1)) > 1e-3);
  for (const part of ["q", "k", "v"] as const)
    raw[part].forEach((matrix, head) =>
      matrix.data.forEach((value, i) =>
        assert.ok(Math.abs(folded[part][head]!.data[i]! - value * gain(Math.floor(i / 8))) < 1e-12),
      ),
    );
  assert.deepEqual(folded.o, raw.o);
});

test("folding centres the unembedding: the mean logit over the vocabulary is zero, and only the written product changes", async () => {
  const model = new LanguageModel(openDecoder(path.join(folder, "llama-gqa-tiny"), "llama").decoder, referenceRuntime);
  const { width } = model.decoder;
  const vectors = matrix(
    width,
    1,
    Float64Array.from({ length: width }, (_, i) => Math.sin(i)),
  );
  const [logits] = await vectorLogits(model, vectors, "folded", never);
  assert.ok(Math.abs(logits!.reduce((sum, logit) => sum + logit, 0)) < 1e-11);
  const [raw, folded] = [
    await vocabularyProducts(model, "raw", never),
    await vocabularyProducts(model, "folded", never),
  ];
  assert.deepEqual(folded.matched, raw.matched);
  // Written row by row: Σ_t (W_U[t] − mean)·gain of the vector, times W_E[t].
  const embedded = await tableOf(model, "embedding", Array.from(logits!.keys()));
  for (let column = 0; column < width; column++) {
    const direct = logits!.reduce((sum, logit, id) => sum + logit * embedded.data[id * width + column]!, 0);
    const product = vectors.data.reduce(
      (sum, value, row) => sum + value * folded.written.data[row * width + column]!,
      0,
    );
    assert.ok(Math.abs(direct - product) < 1e-10);
  }
});
