import assert from "node:assert/strict";
import { test } from "node:test";
import type { OptionCard } from "../../src/protocol/analysis-card.ts";
import { changed } from "./option-values.ts";

const samples: OptionCard = { name: "samples", label: "Samples", description: "", kind: "number", fallback: 25 };

test("only what differs from its default is kept, so that equal questions read alike", () => {
  assert.deepEqual(changed({ seed: 1 }, samples, 8), { seed: 1, samples: 8 });
  assert.deepEqual(changed({ seed: 1, samples: 8 }, samples, 25), { seed: 1 });
});
