import path from "node:path";
import { contractFacts } from "../../answers/contract-words.ts";
import { openModel } from "../../protocol/engine.ts";
import type { NetworkCard } from "../../protocol/model.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { engineFlags } from "../flags.ts";

/** Says what a model is: its inputs, what its output means, its names, and how each of these is known. */
export const inspectCommand: Command = {
  name: "inspect",
  summary: "Say what a model is: what goes in, what comes out and what it means, and how each of these is known.",
  usage: "<model> [flags]",
  positionals: ["model"],
  flags: { json: { kind: "switch", description: "Print one JSON document instead of text." }, ...engineFlags },
  async run({ given, engine, token, say, remark }) {
    const card = await engine.request(openModel, { model: path.resolve(given.positionals[0]!) }, token);
    if (card.kind !== "network")
      throw new GlassboxError(
        "unsupported",
        `${card.name} is a language model, which takes text and gives the next token`,
        { hint: "Its sites are listed by: glassbox sites <model>." },
      );
    if (given.on("json")) say(inspectDocument(card));
    else for (const line of inspectLines(card)) say(line);
    for (const note of card.notes) remark(`Note: ${note}`);
    return exitCodes.done;
  },
};

/** What `--json` prints. */
export function inspectDocument({ contract, name, sha256, format, producer, parameters }: NetworkCard): string {
  const facts = contractFacts(contract);
  return JSON.stringify({ model: { name, sha256, format, producer, parameters }, contract, facts }, undefined, 2);
}

/** A line for each statement, and under it how it is known. */
export function inspectLines({ contract, name, path: file, format, producer, parameters }: NetworkCard): string[] {
  const facts = contractFacts(contract);
  const longest = Math.max(...facts.map((fact) => fact.name.length));
  const companion = `${path.basename(file).replace(/\.[^.]*$/, "")}.glassbox.json`;
  return [
    [
      name,
      format,
      ...(producer ? [`written by ${producer}`] : []),
      `${parameters.toLocaleString("en")} parameters`,
    ].join(", "),
    ...facts.flatMap(({ name: what, value, from, evidence, sure }) => [
      "",
      `  ${what.padEnd(longest)}  ${value}`,
      `  ${" ".repeat(longest)}  ${sure ? "" : "△ not sure; "}${from}: ${evidence}`,
    ]),
    ...(facts.every(({ sure }) => sure)
      ? []
      : ["", `What is wrong can be corrected in ${companion} next to the model.`]),
  ];
}
