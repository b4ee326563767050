import { flagName } from "../../protocol/command-line.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { wrap } from "../help.ts";

/** Lists the analyses, with their options, defaults and papers. */
export const listCommand: Command = {
  name: "analyses",
  summary: "List the analyses, with their options, defaults and papers.",
  usage: "[flags]",
  positionals: [],
  flags: { json: { kind: "switch", description: "Print one JSON document instead." } },
  async run({ given, analyses, say, sayText }) {
    const cards = await analyses();
    if (given.on("json")) {
      sayText(JSON.stringify(cards, undefined, 2));
      return exitCodes.done;
    }
    for (const { id, title, takes, summary, cost, paper, options } of cards) {
      say(`${title}  ${id}`);
      for (const line of wrap(`${summary} Looks at a ${takes}. Cost: ${cost}.`, 96)) say(`  ${line}`);
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
