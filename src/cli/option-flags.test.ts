import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnalysisCard, OptionCard } from "../protocol/analysis-card.ts";
import { commonFlags, parseFlags } from "./flags.ts";
import { commandHelp } from "./help.ts";
import { flagName } from "../protocol/command-line.ts";
import { namedAnalyses, optionFlags, optionsFor, refuseStrayOptions } from "./option-flags.ts";
import { explain } from "./commands/explain.ts";

const card = (id: string, options: readonly OptionCard[]): AnalysisCard => ({
  id,
  family: "attribution",
  gives: "heatmap",
  title: id.toUpperCase(),
  summary: "",
  cost: "",
  paper: undefined,
  takes: "picture",
  needsTarget: true,
  options,
});
const steps: OptionCard = {
  name: "netError",
  label: "Net error",
  description: "Goes on until then.",
  kind: "number",
  fallback: 0.01,
  minimum: 0,
  maximum: 1,
  whole: false,
};
const mirrored: OptionCard = {
  name: "mirrored",
  label: "Mirrored",
  description: "Both ways.",
  kind: "flag",
  fallback: false,
};
const path = card("path", [steps, mirrored]);
const cam = card("cam", [{ name: "layer", label: "Layer", description: "Which.", kind: "text", fallback: "" }]);

test("an option's flag is its name in lower case with hyphens", () => {
  assert.equal(flagName("netError"), "net-error");
});

test("options reach the method that has them under their own names", () => {
  const given = parseFlags(["--net-error", "0.5", "--mirrored", "--layer="], optionFlags([path, cam]));
  assert.deepEqual(optionsFor(path, given), { netError: "0.5", mirrored: true });
  assert.deepEqual(optionsFor(cam, given), { layer: "" });
});

test("an option of an analysis that is not asked is refused, naming the analysis", () => {
  const given = parseFlags(["--layer", "x"], optionFlags([path, cam]));
  assert.throws(
    () => refuseStrayOptions([path, cam], [path], {}, given),
    /--layer belongs to cam, which is not asked here/,
  );
  refuseStrayOptions([path, cam], [path, cam], {}, given);
  // A flag of the command itself is its own.
  refuseStrayOptions([path, cam], [path], { layer: { kind: "text", description: "" } }, given);
});

test("an analysis that does not exist is refused with the nearest one", () => {
  assert.throws(() => namedAnalyses([path, cam], ["pathh"]), /Did you mean path\?/);
  assert.throws(() => namedAnalyses([path, cam], ["nothing"]), /path, cam/);
  assert.deepEqual(
    namedAnalyses([path, cam], ["cam", "cam"]).map(({ id }) => id),
    ["cam"],
  );
});

test("help shows every flag of the command and every option with its bounds and default, in 100 columns", () => {
  const help = commandHelp(explain, [path, cam]);
  for (const name of [...Object.keys(explain.flags), ...Object.keys(commonFlags), "net-error", "mirrored", "layer"])
    assert.match(help, new RegExp(`--${name}\\b`));
  assert.match(help, /From 0 to 1\. Default: 0\.01\./);
  assert.ok(help.split("\n").every((line) => line.length <= 100));
});
