import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { methodCard } from "../methods/method-card.ts";
import { methods } from "../methods/table.ts";
import { experimentSchema } from "./schema.ts";
import { comparisonKeys, claimKeys } from "./read-claim.ts";
import { analysisKeys, experimentKeys, inputKeys } from "./parse.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();
const schema = JSON.parse(JSON.stringify(experimentSchema([...methods.values()].map(methodCard))));

test("media/experiment.schema.json is what the methods' tables say now: else run node scripts/generate-schema.mjs", () => {
  assert.deepEqual(JSON.parse(fs.readFileSync(path.join(root, "media", "experiment.schema.json"), "utf8")), schema);
});

test("the schema and the parser know the same keys", () => {
  assert.deepEqual(Object.keys(schema.properties).sort(), [...experimentKeys].sort());
  assert.deepEqual(Object.keys(schema.properties.claims.items.properties).sort(), [...claimKeys].sort());
  assert.deepEqual(schema.properties.claims.items.oneOf.map(({ required }: { required: string[] }) => required[0]), comparisonKeys);
  assert.deepEqual(Object.keys(schema.properties.inputs.items.anyOf[1].properties).sort(), [...inputKeys].sort());
  for (const analysis of schema.properties.analyses.items.anyOf) assert.ok(Object.keys(analysis.properties).every((key) => analysisKeys.includes(key as never)));
});
