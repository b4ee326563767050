import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { wrap } from "../help.ts";
import { flagName } from "../option-flags.ts";

/** Lists the methods, with their options, defaults and papers. */
export const methodsCommand: Command = {
  name: "methods",
  summary: "List the methods, with their options, defaults and papers.",
  usage: "[flags]",
  positionals: [],
  flags: { json: { kind: "switch", description: "Print one JSON document instead." } },
  async run({ given, methods, say }) {
    const cards = await methods();
    if (given.on("json")) {
      say(JSON.stringify(cards, undefined, 2));
      return exitCodes.done;
    }
    for (const { id, title, summary, cost, paper, options } of cards) {
      say(`${title}  --method ${id}`);
      for (const line of wrap(`${summary} Cost: ${cost}.`, 96)) say(`  ${line}`);
      if (paper)
        for (const line of wrap(`${paper.authors} (${paper.year}): ${paper.title}. ${paper.link}`, 96))
          say(`  ${line}`);
      for (const option of options) {
        const flag = flagName(option.name);
        say(`    --${option.kind === "flag" ? flag : `${flag}=${String(option.fallback) || "''"}`}`);
        const range =
          option.kind === "number"
            ? ` From ${option.minimum} to ${option.maximum}.`
            : option.choices
              ? ` One of: ${option.choices.join(", ")}.`
              : "";
        for (const line of wrap(`${option.description}${range}`, 92)) say(`        ${line}`);
      }
      say("");
    }
    return exitCodes.done;
  },
};
