import path from "node:path";
import { openModel } from "../../protocol/engine.ts";
import type { ModelCard } from "../../protocol/model.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { engineFlags } from "../flags.ts";

/** Lists a model's sites, the values that can be read, by the names that targets and layers use. */
export const sitesCommand: Command = {
  name: "sites",
  summary: "List the sites of a model, the named values inside it that can be read, with their shapes.",
  usage: "<model> [flags]",
  positionals: ["model"],
  flags: { json: { kind: "switch", description: "Print one JSON document instead of text." }, ...engineFlags },
  async run({ given, engine, token, say, sayText, remark }) {
    const card = await engine.request(openModel, { model: path.resolve(given.positionals[0]!) }, token);
    if (given.on("json")) {
      sayText(JSON.stringify(card, undefined, 2));
      return exitCodes.done;
    }
    say(heading(card));
    for (const note of card.notes) remark(`Note: ${note}`);
    say("");
    const longest = Math.max(0, ...card.sites.map(({ name }) => name.length));
    for (const { name, shape, axes, role, ...site } of card.sites) {
      const type = `${"dtype" in site ? site.dtype : ""}[${shape.join(", ")}]`;
      say(`${name.padEnd(longest)}  ${type.padEnd(24)}  ${role.padEnd(12)}  ${axes.join(" × ")}`.trimEnd());
    }
    return exitCodes.done;
  },
};

/** Describes a model in one line. */
function heading(card: ModelCard): string {
  const { name, format, parameters, sites } = card;
  const size = [`${parameters.toLocaleString("en")} parameters`, `${sites.length} sites`];
  if (card.kind === "language-model")
    return `${name}: ${[format, card.family, ...size].join(", ")}; vocabulary of ${card.vocabulary.toLocaleString("en")} tokens`;
  const { producer, classes, inputs } = card;
  const facts = [format, ...(producer ? [producer] : []), ...size, ...(classes ? [`${classes.count} classes`] : [])];
  return `${name}: ${facts.join(", ")}; input ${inputs.map((port) => `${port.name} ${port.dtype}[${port.shape.join(", ")}]`).join(", ")}`;
}
