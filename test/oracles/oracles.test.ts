import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { generatedTable, type TableRecipe } from "./generated-table.ts";
import { Lcg } from "./lcg.ts";
import { agreement, type MapSummary } from "./map-summary.ts";
import { formulaImage, oracleInput, type OraclePreprocessing } from "./vision-input.ts";

const folder = path.join(process.env["GLASSBOX_ROOT"] ?? process.cwd(), "test", "oracles");

interface VisionOracle {
  readonly preprocessing: OraclePreprocessing;
  readonly positionSeed: number;
  readonly signSeed: number;
  readonly cases: readonly { readonly image: string; readonly input: MapSummary; readonly gradient: MapSummary }[];
}

const json = <T>(file: string): T => JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")) as T;

/** The values of a little-endian float32 .npy, version 1. */
function float32Npy(bytes: Uint8Array): Float32Array {
  const header = new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true);
  return new Float32Array(Uint8Array.from(bytes.subarray(10 + header)).buffer);
}

for (const model of ["efficientnet-lite0", "squeezenet1.0"]) {
  const oracle = json<VisionOracle>(`vision/${model}.json`);

  test(`the ${model} gradient's summary describes the committed gradient, to float32 rounding`, () => {
    const { gradient } = oracle.cases.find(({ image }) => image === "chelsea-224.png")!;
    const positions = new Lcg(oracle.positionSeed);
    assert.deepEqual(
      gradient.positions,
      Array.from({ length: 64 }, () => positions.index(3 * 224 * 224)),
    );
    const map = float32Npy(
      gunzipSync(fs.readFileSync(path.join(folder, "vision", `${model}-chelsea-gradient.npy.gz`))),
    );
    const { largest, relativeL2 } = agreement(map, gradient, oracle.signSeed);
    assert.ok(largest < 1e-7 && relativeL2 < 1e-7, `${largest}, ${relativeL2}`);
    const wrong = agreement(
      map.map((value, i) => (i % 1000 === 0 ? 1.5 * value : value)),
      gradient,
      oracle.signSeed,
    );
    assert.ok(wrong.relativeL2 > 1e-3, "a map wrong at one value in a thousand is told apart");
  });

  test(`the formula image, preprocessed for ${model} here and in Python, is the same tensor bit for bit`, () => {
    const { input } = oracle.cases.find(({ image }) => image === "formula")!;
    const tensor = oracleInput(formulaImage(), oracle.preprocessing);
    assert.deepEqual(
      Array.from(input.positions, (position) => tensor[position]),
      input.values,
    );
    assert.ok(agreement(tensor, input, oracle.signSeed).relativeL2 < 1e-14);
  });
}

test("the generated tables of the logistic regression oracle are the same here and in Python", () => {
  const { tables } = json<{
    tables: Record<string, { generator?: TableRecipe; labels?: string; firstRow?: number[] }>;
  }>("logistic-regression.json");
  for (const { generator, labels, firstRow } of Object.values(tables)) {
    if (generator === undefined) continue;
    const table = generatedTable(generator);
    assert.equal(table.labels.join(""), labels);
    assert.deepEqual([...table.x.subarray(0, generator.features)], firstRow);
  }
});
