import path from "node:path";
import { openModel } from "../../protocol/engine.ts";
import type { ModelCard } from "../../protocol/model.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { engineFlags } from "../flags.ts";

/** Lists the places of a network that can be read, by the names that targets and layers are given by. */
export const sitesCommand: Command = {
  name: "sites",
  summary: "List the sites of a model: the named places that can be read, with their shapes.",
  usage: "<model> [flags]",
  positionals: ["model"],
  flags: { json: { kind: "switch", description: "Print one JSON document instead." }, ...engineFlags },
  async run({ given, engine, token, say, remark }) {
    const card = await engine.request(openModel, { model: path.resolve(given.positionals[0]!) }, token);
    if (given.on("json")) {
      say(JSON.stringify(card, undefined, 2));
      return exitCodes.done;
    }
    say(heading(card));
    for (const note of card.notes) remark(`Note: ${note}`);
    say("");
    const longest = Math.max(0, ...card.sites.map(({ name }) => name.length));
    for (const { name, shape, dtype, axes, role } of card.sites) {
      say(
        `${name.padEnd(longest)}  ${`${dtype}[${shape.join(", ")}]`.padEnd(24)}  ${role.padEnd(12)}  ${axes.join(" × ")}`.trimEnd(),
      );
    }
    return exitCodes.done;
  },
};

function heading({ name, format, producer, parameters, classes, inputs, sites }: ModelCard): string {
  const facts = [
    format,
    ...(producer ? [producer] : []),
    `${parameters.toLocaleString("en")} parameters`,
    ...(classes ? [`${classes.count} classes`] : []),
    `${sites.length} sites`,
  ];
  return `${name}: ${facts.join(", ")}; input ${inputs.map((port) => `${port.name} ${port.dtype}[${port.shape.join(", ")}]`).join(", ")}`;
}
