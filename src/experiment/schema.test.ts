import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { analysisCards } from "../methods/table.ts";
import { experimentSchema } from "./schema.ts";
import { comparisonKeys, claimKeys } from "./read-claim.ts";
import { analysisKeys, experimentKeys } from "./parse.ts";
import { inputKeys } from "./read-input.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();
const schema = JSON.parse(JSON.stringify(experimentSchema(analysisCards)));

test("media/experiment.schema.json is what the methods' tables say now: else run node scripts/generate-schema.mjs", () => {
  assert.deepEqual(JSON.parse(fs.readFileSync(path.join(root, "media", "experiment.schema.json"), "utf8")), schema);
});

test("the schema and the parser know the same keys", () => {
  assert.deepEqual(Object.keys(schema.properties).sort(), [...experimentKeys].sort());
  assert.deepEqual(Object.keys(schema.properties.claims.items.properties).sort(), [...claimKeys].sort());
  assert.deepEqual(
    schema.properties.claims.items.oneOf.map(({ required }: { required: string[] }) => required[0]),
    comparisonKeys,
  );
  const inputs = schema.properties.inputs.items.anyOf
    .slice(1)
    .flatMap(({ properties }: { properties: object }) => Object.keys(properties));
  assert.deepEqual([...new Set(inputs)].sort(), [...inputKeys].sort());
  for (const analysis of schema.properties.analyses.items.anyOf)
    assert.ok(Object.keys(analysis.properties).every((key) => analysisKeys.includes(key as never)));
});
