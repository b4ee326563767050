import assert from "node:assert/strict";
import { test } from "node:test";
import { parseExperiment } from "../experiment/parse.ts";
import { plan } from "../experiment/plan.ts";
import { experimentSchema } from "../experiment/schema.ts";
import { readOptions } from "../methods/option.ts";
import { analyses, analysisCards } from "../methods/table.ts";
import type { AnalysisCard, OptionCard, SubjectKind } from "../protocol/analysis-card.ts";
import { commandSwitch, flagName } from "../protocol/command-line.ts";
import type { Subject } from "../protocol/question.ts";
import { askFlags } from "./ask/ask.ts";
import { commonFlags, parseFlags } from "./flags.ts";
import { optionFlags, optionsFor } from "./option-flags.ts";

const tableOf = ({ id }: AnalysisCard) => analyses.find((each) => each.id === id)!.options;

/** A command line that states every option with its default. */
const stated = ({ name, kind, fallback }: OptionCard): string =>
  kind === "flag" ? commandSwitch(name, fallback === true) : `--${flagName(name)}=${String(fallback)}`;

/** The schema's part for an analysis, by its id. */
interface AnalysisSchema {
  readonly properties: {
    readonly method: { readonly const: string };
    readonly options?: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
  };
}
const { analyses: listed } = experimentSchema(analysisCards).properties as {
  readonly analyses: { readonly items: { readonly anyOf: readonly AnalysisSchema[] } };
};
const schemaOf = (id: string): AnalysisSchema["properties"] =>
  listed.items.anyOf.find(({ properties }) => properties.method.const === id)!.properties;

const subjects: Readonly<Record<SubjectKind, Subject>> = {
  picture: { kind: "picture", input: { path: "cat.png" } },
  data: { kind: "data", data: "procedural" },
  unit: { kind: "unit", objectives: ["logit(1)"] },
  prompt: { kind: "prompt", prompt: { ids: [1] } },
};

for (const card of analysisCards) {
  const flags = optionFlags([card]);
  const table = tableOf(card);
  const defaults = readOptions(table, {});

  test(`the terminal's default of every option is the experiment's: ${card.id}`, () => {
    // What is not written is not sent, so that the analysis' own table decides.
    assert.deepEqual(optionsFor(card, parseFlags([], flags)), {});
    const { experiment } = parseExperiment(`model: m\ninputs: [i]\nanalyses: [{ method: ${card.id} }]\n`);
    const [task] = plan(experiment!, [{ name: "i", subject: subjects[card.takes] }], analysisCards);
    assert.deepEqual(task!.options, {});

    assert.deepEqual(defaults, Object.fromEntries(card.options.map(({ name, fallback }) => [name, fallback])));
    const said = parseFlags(card.options.map(stated), flags);
    assert.deepEqual(readOptions(table, optionsFor(card, said)), defaults);
    const documented = schemaOf(card.id).options?.properties ?? {};
    assert.deepEqual(
      Object.fromEntries(Object.entries(documented).map(([name, schema]) => [name, schema.default])),
      defaults,
    );
  });

  test(`no option hides a flag of the command that asks it: ${card.id}`, () => {
    const taken = { ...askFlags(card.takes), ...commonFlags };
    assert.deepEqual(
      Object.keys(flags).filter((name) => name in taken),
      [],
    );
  });
}
