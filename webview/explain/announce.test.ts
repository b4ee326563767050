import assert from "node:assert/strict";
import { test } from "node:test";
import { notAsked } from "../lib/asking.ts";
import { announcement } from "./announce.ts";
import { nothing, type Known, type Run } from "./session.ts";

const run = (state: Run["state"], result?: Run["result"]): Run => ({
  ...notAsked,
  job: "1",
  state,
  result,
  question: "",
});
const title = (method: string): string => method.toUpperCase();
const prediction = {
  kind: "model-output",
  is: "classes",
  top: [{ index: 657, name: "missile", logit: 7, probability: 0.414 }],
} as unknown as Known["prediction"];

test("the prediction and each map are heard once, when they come", () => {
  const first = { ...nothing, prediction, runs: new Map([["gradient", run("running")]]) };
  assert.equal(announcement(nothing, first, title), "The model sees missile, 41.4 %.");
  const second = { ...first, runs: new Map([["gradient", run("done")]]) };
  assert.equal(announcement(first, second, title), "GRADIENT is done.");
  assert.equal(announcement(second, second, title), "");
});

test("what was stopped says whether something is there", () => {
  const running = {
    ...nothing,
    runs: new Map([
      ["a", run("running")],
      ["b", run("waiting")],
    ]),
  };
  const stopped = {
    ...nothing,
    runs: new Map([
      ["a", run("cancelled", {} as Run["result"])],
      ["b", run("cancelled")],
    ]),
  };
  assert.equal(announcement(running, stopped, title), "A was stopped; what was known is kept. B was stopped.");
});

test("failures are alerts, and not said twice", () => {
  assert.equal(
    announcement(
      { ...nothing, runs: new Map([["a", run("running")]]) },
      { ...nothing, runs: new Map([["a", run("failed")]]) },
      title,
    ),
    "",
  );
});
