import assert from "node:assert/strict";
import { test } from "node:test";
import { aboutTheCat, heatmapOf, PictureAsker, type Exact } from "../../../test/engine/picture-asker.ts";
import type { AskEvent } from "../../protocol/question.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { toFloat64 } from "../../tensor/tensor.ts";

const pictures = new PictureAsker();
const { asker } = pictures;
const run = pictures.run.bind(pictures);
const ask = pictures.ask.bind(pictures);

/** Of an answer, what does not depend on when it was asked. */
const lasting = ({ cached: _cached, ...answer }: Exact): unknown => answer;

test("the sample model sees an Egyptian cat", async () => {
  const { data } = await run("prediction");
  assert.equal(data.kind, "model-output");
  if (data.kind !== "model-output" || data.is !== "classes") return assert.fail("a classifier gives classes");
  const top = data.top.slice(0, 3);
  assert.deepEqual(
    top.map(({ name }) => name),
    ["Egyptian cat", "tabby", "tiger cat"],
  );
  // Figures from PyTorch and Pillow, as the sample's card has them; one pixel of rounding in the resize moves them by 0.02.
  [0.355, 0.283, 0.224].forEach((expected, i) => assert.ok(Math.abs(top[i]!.probability - expected) < 0.03));
});

for (const method of ["gradient", "input-gradient"]) {
  test(`${method} gives a finite number for every channel and pixel, and says that it explains the best class`, async () => {
    const outcome = await run(method);
    const { values, extent, grain } = heatmapOf(outcome);
    assert.deepEqual([values.shape, extent, grain], [[3, 224, 224], [224, 224], "pixel"]);
    assert.ok(toFloat64(values).every(Number.isFinite));
    assert.ok(toFloat64(values).some((value) => value !== 0));
    assert.equal(outcome.provenance.target, "logit:285");
  });
}

test("Grad-CAM is on the grid of the last layer that has one, and not negative", async () => {
  const { values, extent, grain, site } = heatmapOf(await run("grad-cam"));
  assert.deepEqual([values.shape, extent, grain], [[1, 7, 7], [224, 224], "cell"]);
  assert.ok(site);
  assert.ok(toFloat64(values).every((value) => value >= 0));
});

test("an equal question is answered from the cache with the same numbers, by another engine as well", async () => {
  const first = await run("gradient");
  const again = await run("gradient");
  const later = await ask({ analysis: "gradient" }, undefined, undefined, pictures.another());
  assert.deepEqual([again.cached, later.cached], [true, true]);
  assert.deepEqual(lasting(again), lasting(first));
  assert.deepEqual(lasting(later), lasting(first));
});

test("an equal question that is asked meanwhile waits for the answer instead of computing it again", async () => {
  const options = { samples: 6, seed: 11 };
  const outcomes = await Promise.all([run("smoothgrad", options), run("smoothgrad", options)]);
  assert.deepEqual(outcomes.map(({ cached }) => cached).sort(), [false, true]);
  assert.deepEqual(lasting(outcomes[0]), lasting(outcomes[1]));
});

test("cancelled between micro-batches, it keeps what it has, which is not remembered as the answer", async () => {
  const options = { samples: 64, seed: 7 };
  const events: AskEvent[] = [];
  const outcome = await ask(
    { analysis: "smoothgrad", options },
    (event) => events.push(event),
    () => events.length >= 2,
  );
  assert.equal(outcome.cancelled, true);
  assert.ok(events.at(-1)!.progress.done < 64);
  assert.deepEqual(outcome.data, events.at(-1)!.result!.data);
  assert.ok(toFloat64(heatmapOf(outcome).values).some((value) => value !== 0));
  const events2: AskEvent[] = [];
  const asked = await ask(
    { analysis: "smoothgrad", options },
    (event) => events2.push(event),
    () => events2.length >= 1,
  );
  assert.equal(asked.cached, false);
});

test("a class that the model does not have is refused with the ones that sound like it", async () => {
  await assert.rejects(ask({ analysis: "gradient", target: "tab" }), (error: unknown) => {
    assert.ok(error instanceof GlassboxError);
    assert.match(error.message, /no class named tab.*tabby/);
    return true;
  });
});

test("an analysis is refused that does not exist, or that looks at another kind of subject", async () => {
  await assert.rejects(ask({ analysis: "gradent" }), /no analysis gradent.*Did you mean gradient/);
  await assert.rejects(ask({ analysis: "linear-probes" }), /looks at a data, not at a picture|labelled data/);
});

test("a drawing gets 16-bit planes, and the exact answer is held under the job", async () => {
  const exact = heatmapOf(await run("gradient"));
  const { data } = await asker.ask(
    { ...aboutTheCat, job: "drawn", analysis: "gradient", options: {}, detail: "display" },
    () => undefined,
    () => false,
  );
  assert.equal(data.kind, "planes");
  assert.deepEqual(asker.held("drawn").data, exact);
  assert.throws(() => asker.held("nobody"), /no longer in the engine/);
});
